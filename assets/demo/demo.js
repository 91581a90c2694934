// The demo application: shows who is signed in, the tokens and the trace, and runs what the buttons ask for.
import { readJwt } from './bytes.js';
import { button, element } from './elements.js';
import { finishSignOut, Protocol } from './protocol.js';
import { load, save, forget } from './store.js';
import { answerCard, tokenCard } from './token_view.js';
import { showTrace } from './trace_view.js';

const demoUrl = document.body.dataset.demo;
const application = document.querySelector('#application');
const problem = document.querySelector('#problem');
let config;

function showProblem(text, ...more) {
	problem.replaceChildren(
		...(text === ''
			? []
			: [element('div', { className: 'notice' }, element('div', {}, text, ...more))]),
	);
}

// Runs an action of a button; what goes wrong is told to the person.
async function run(action, event) {
	const control = event.currentTarget;
	control.disabled = true;
	showProblem('');
	try {
		await action(await Protocol.discover(config));
	} catch (error) {
		showProblem(error.message);
	}
	control.disabled = false;
}

function act(text, action, kind) {
	return button(text, (event) => run(action, event), kind);
}

async function keepAnswer(name, asking) {
	save('answers', { ...load('answers'), [name]: await asking });
	show();
}

function signedOutView() {
	return [
		element(
			'article',
			{ className: 'panel hero' },
			element('h1', {}, 'Sign in, and watch how it works'),
			element(
				'p',
				{ className: 'lead' },
				'This page is a small application that knows nothing but its issuer’s address. ',
				'It signs you in by the authorization code flow with PKCE, the way your own application should.',
			),
			element(
				'p',
				{ className: 'small' },
				'The demo users and their passwords were printed when the service started; they are in ',
				element('code', {}, '.run/dev.json'),
				' too.',
			),
			element(
				'div',
				{ className: 'actions' },
				act('Sign in', (protocol) => protocol.signIn(), 'main'),
				act('Only if there is a session', (protocol) => protocol.signIn('none')),
			),
		),
	];
}

function personPanel(claims, tokens) {
	const name = claims.name ?? claims.preferred_username;
	return element(
		'article',
		{ className: 'panel' },
		element('h1', {}, name === undefined ? 'You are signed in' : `Hello, ${name}`),
		element(
			'p',
			{ className: 'lead' },
			claims.email === undefined
				? 'Read userinfo to see what this application may know about you.'
				: `You are signed in as ${claims.email}.`,
		),
		element(
			'div',
			{ className: 'actions' },
			act('Read userinfo', (protocol) => keepAnswer('userinfo', protocol.userinfo())),
			tokens.refresh_token === undefined
				? null
				: act('Refresh', async (protocol) => {
						await protocol.refresh();
						save('answers', { userinfo: load('answers')?.userinfo });
						show();
					}),
			act('Introspect', (protocol) =>
				keepAnswer('introspection', protocol.introspect(demoUrl)),
			),
			tokens.refresh_token === undefined
				? null
				: act('Revoke', (protocol) => protocol.revoke()),
			act('Ask for the password again', (protocol) => protocol.signIn('login')),
			act('Sign out', (protocol) => protocol.signOut(), 'main'),
		),
	);
}

function answerPanels() {
	const answers = load('answers') ?? {};
	return [
		answers.userinfo === undefined
			? null
			: answerCard(
					'Userinfo',
					'What the issuer tells about the person, fresh, for this access token.',
					answers.userinfo,
				),
		answers.introspection === undefined
			? null
			: answerCard(
					'Introspection',
					'What the issuer tells a backend that was sent this access token.',
					answers.introspection,
				),
	];
}

function tokenPanels(tokens) {
	return [
		tokenCard(
			'ID token',
			'For this application: who signed in, when and how. It is never sent to an API.',
			tokens.id_token,
		),
		tokenCard(
			'Access token',
			'For APIs: what may be done. This application does not need to look inside; it is opened here to show it.',
			tokens.access_token,
		),
		tokens.refresh_token === undefined
			? null
			: tokenCard(
					'Refresh token',
					'For the token endpoint only. Good once; its successor comes with the new access token.',
					tokens.refresh_token,
				),
	];
}

function signedInView(tokens) {
	const claims = { ...readJwt(tokens.id_token).claims, ...load('answers')?.userinfo };
	return [personPanel(claims, tokens), ...answerPanels(), ...tokenPanels(tokens)];
}

function show() {
	const tokens = load('tokens');
	const view = tokens === null ? signedOutView() : signedInView(tokens);
	application.replaceChildren(...view.filter((panel) => panel !== null));
}

function canRunHere() {
	const own = new URL(config.redirect_uri).origin;
	if (location.origin !== own) {
		showProblem(
			'This address is not the one the demo is registered with. Go to ',
			element('a', { href: own + demoUrl }, own + demoUrl),
			'.',
		);
		return false;
	}
	if (crypto.subtle === undefined) {
		showProblem(
			'The browser offers WebCrypto only on https:// and on localhost, and the demo checks signatures with it.',
		);
		return false;
	}
	return true;
}

async function start() {
	const query = new URLSearchParams(location.search);
	history.replaceState(null, '', location.pathname);
	showTrace();
	try {
		config = await (await fetch(`${demoUrl}/config.json`)).json();
		if (!canRunHere()) return;
		finishSignOut(query);
	} catch (error) {
		showProblem(error.message);
	}
	const failure = load('failure');
	forget('failure');
	if (failure !== null) showProblem(failure);
	show();
}

start();
