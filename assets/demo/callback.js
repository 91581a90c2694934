// The redirect URI: takes the code out of the address, has it redeemed, and goes back to the demo's page.
import { Protocol } from './protocol.js';
import { forget, save } from './store.js';

const demoUrl = document.body.dataset.demo;
const query = new URLSearchParams(location.search);

history.replaceState(null, '', location.pathname);
try {
	const config = await (await fetch(`${demoUrl}/config.json`)).json();
	const protocol = await Protocol.discover(config);
	forget('answers');
	await protocol.finishSignIn(query);
} catch (error) {
	save('failure', error.message);
}
location.replace(demoUrl);
