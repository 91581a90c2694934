// Shows the trace: a list of legs, the latest one open.
import { element, json, shorten } from './elements.js';
import { clear, onChange } from './trace.js';

function parameterRow([name, value, why]) {
	return element(
		'div',
		{},
		element('dt', {}, name),
		element(
			'dd',
			{},
			element('code', {}, shorten(value)),
			why === '' ? null : element('span', {}, why),
		),
	);
}

function checkRow({ holds, rule, source }) {
	const [mark, word, kind] =
		holds === null
			? ['·', 'Note: ', 'note']
			: holds
				? ['✓', 'Holds: ', 'holds']
				: ['✗', 'Broken: ', 'broken'];
	return element(
		'li',
		{ className: kind },
		element('span', { className: 'check', 'aria-hidden': 'true' }, mark),
		element(
			'div',
			{},
			element('span', { className: 'only-read' }, word),
			`${rule} `,
			element(
				'a',
				{ href: source.href, target: '_blank', rel: 'noopener noreferrer' },
				source.label,
			),
		),
	);
}

function part(title, ...content) {
	return element('section', {}, element('h3', {}, title), ...content);
}

function legDetails(leg) {
	return [
		leg.parameters.length === 0
			? null
			: part(
					'Request',
					element('dl', { className: 'parameters' }, leg.parameters.map(parameterRow)),
				),
		leg.answer === null ? null : part('Answer', json(leg.answer)),
		leg.checks.length === 0
			? null
			: part('Checked', element('ul', { className: 'checks' }, leg.checks.map(checkRow))),
	];
}

function legItem(leg, isLatest) {
	const broken = leg.checks.some((check) => check.holds === false) || leg.status >= 400;
	const url = new URL(leg.url);
	const held = leg.checks.filter((check) => check.holds).length;
	const summary = element(
		'summary',
		{},
		element('span', { className: 'leg-title' }, leg.title),
		element('code', {}, `${leg.method} ${url.pathname}`),
		element(
			'span',
			{ className: 'chips' },
			leg.status === null ? null : element('span', { className: 'chip' }, String(leg.status)),
			held === 0
				? null
				: element(
						'span',
						{ className: 'chip' },
						`${held} ${held === 1 ? 'check' : 'checks'}`,
					),
		),
	);
	return element(
		'li',
		{ className: broken ? 'broken' : '' },
		element(
			'details',
			{ open: isLatest },
			summary,
			element('div', { className: 'leg' }, legDetails(leg)),
		),
	);
}

// Only where the trace has a scroll bar of its own; the page itself stays where the reader is.
function showLatest(list) {
	const box = list.closest('.trace'),
		latest = list.lastElementChild;
	if (latest !== null && box.scrollHeight > box.clientHeight)
		box.scrollTop += latest.getBoundingClientRect().top - box.getBoundingClientRect().top - 64;
}

export function showTrace() {
	const list = document.querySelector('#legs'),
		clearButton = document.querySelector('#clear');
	clearButton.onclick = clear;
	onChange((legs) => {
		list.replaceChildren(...legs.map((leg, index) => legItem(leg, index === legs.length - 1)));
		document.querySelector('#trace-empty').hidden = legs.length > 0;
		clearButton.hidden = legs.length === 0;
		showLatest(list);
	});
}
