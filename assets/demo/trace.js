// The trace: one leg for each request of the flow, kept across the redirects.
import { forget, load, save } from './store.js';

const listeners = [];
let legs = load('trace') ?? [];

// A rule was broken: the flow stops here, and the person reads why.
export class Refusal extends Error {}

function changed() {
	save('trace', legs);
	for (const listener of listeners) listener(legs);
}

export function onChange(listener) {
	listeners.push(listener);
	listener(legs);
}

export function clear() {
	legs = [];
	forget('trace');
	changed();
}

// parameters: what was sent, as [name, value, why]. Returns the leg, to be told its answer and its checks.
export function begin(title, method, url, parameters = []) {
	const leg = {
		title,
		method,
		url,
		parameters,
		at: Date.now(),
		status: null,
		answer: null,
		checks: [],
	};
	legs.push(leg);
	changed();
	return {
		answered(status, answer) {
			leg.status = status;
			leg.answer = answer;
			changed();
		},
		// Stops the flow if the rule does not hold.
		check(holds, rule, source) {
			leg.checks.push({ holds, rule, source });
			changed();
			if (!holds)
				throw new Refusal(`Stopped at “${leg.title}”: this does not hold: ${rule}.`);
		},
		// Says what was seen, where either is allowed.
		note(rule, source) {
			leg.checks.push({ holds: null, rule, source });
			changed();
		},
	};
}
