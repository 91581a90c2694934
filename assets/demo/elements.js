// Building the page. Text is only ever set as text, so nothing that a server says can become markup.

export function element(tag, properties = {}, ...children) {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(properties)) {
		if (name in made) made[name] = value;
		else made.setAttribute(name, value);
	}
	made.append(...children.flat().filter((child) => child !== null));
	return made;
}

export function button(text, run, kind = 'quiet') {
	return element(
		'button',
		{ type: 'button', className: `button compact ${kind}`, onclick: run },
		text,
	);
}

// Long values keep their ends: enough to recognise them by.
export function shorten(text, length = 64) {
	return text.length <= length ? text : `${text.slice(0, length - 13)}…${text.slice(-12)}`;
}

function shortenDeep(value) {
	if (typeof value === 'string') return shorten(value);
	if (Array.isArray(value)) return value.map(shortenDeep);
	if (value !== null && typeof value === 'object')
		return Object.fromEntries(
			Object.entries(value).map(([name, member]) => [name, shortenDeep(member)]),
		);
	return value;
}

export function json(value) {
	return element('pre', { tabIndex: 0 }, JSON.stringify(shortenDeep(value), null, 2));
}
