// Shows a token: its three parts in colour, and its claims beside what each one means.
import { readJwt } from './bytes.js';
import { explain } from './claims.js';
import { element } from './elements.js';

export function claimTable(caption, claims) {
	const rows = Object.entries(claims).map(([name, value]) => {
		const [text, meaning] = explain(name, value);
		return element(
			'tr',
			{},
			element('th', { scope: 'row' }, element('code', {}, name)),
			element('td', {}, element('code', {}, text), element('span', {}, meaning)),
		);
	});
	return element(
		'table',
		{ className: 'claims' },
		element('caption', {}, caption),
		element('colgroup', {}, element('col', { className: 'name' }), element('col')),
		element(
			'thead',
			{ className: 'only-read' },
			element('tr', {}, element('th', {}, 'Claim'), element('th', {}, 'Value and meaning')),
		),
		element('tbody', {}, rows),
	);
}

function rawToken(token) {
	const parts = token.split('.');
	const colours = parts.length === 3 ? ['head', 'body', 'signature'] : [''];
	const spans = parts.flatMap((part, index) => [
		index > 0 ? '.' : '',
		element('span', { className: colours[index] ?? '' }, part),
	]);
	return element(
		'details',
		{ className: 'raw' },
		element('summary', {}, 'As it travels'),
		element('pre', { tabIndex: 0 }, spans),
	);
}

export function tokenCard(title, about, token) {
	const jwt = readJwt(token);
	return element(
		'article',
		{ className: 'panel' },
		element('h2', {}, title),
		element('p', { className: 'small' }, about),
		jwt === null ? null : claimTable('Header', jwt.header),
		jwt === null ? null : claimTable('Claims', jwt.claims),
		rawToken(token),
	);
}

export function answerCard(title, about, answer) {
	return element(
		'article',
		{ className: 'panel' },
		element('h2', {}, title),
		element('p', { className: 'small' }, about),
		claimTable('Answer', answer),
	);
}
