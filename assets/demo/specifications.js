// Links into the specifications, so that every check can name the sentence that asks for it.

export function rfc(number, section) {
	return {
		label: `RFC ${number}, ${section}`,
		href: `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`,
	};
}

export function core(section, anchor) {
	return {
		label: `OpenID Connect Core, ${section}`,
		href: `https://openid.net/specs/openid-connect-core-1_0.html#${anchor}`,
	};
}

export function logout(section, anchor) {
	return {
		label: `RP-Initiated Logout, ${section}`,
		href: `https://openid.net/specs/openid-connect-rpinitiated-1_0.html#${anchor}`,
	};
}
