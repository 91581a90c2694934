// What the demo remembers: in sessionStorage, so it ends with the tab and no other tab sees it.

const prefix = 'latchkey-demo.';

export function load(name) {
	const text = sessionStorage.getItem(prefix + name);
	return text === null ? null : JSON.parse(text);
}

export function save(name, value) {
	sessionStorage.setItem(prefix + name, JSON.stringify(value));
}

export function forget(...names) {
	for (const name of names) sessionStorage.removeItem(prefix + name);
}
