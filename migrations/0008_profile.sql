-- The rest of what OpenID Connect calls standard claims of a person (Core, 5.1).

ALTER TABLE users
	ADD COLUMN middle_name text,
	ADD COLUMN nickname text,
	ADD COLUMN profile text,			-- address of a page about the person
	ADD COLUMN website text,
	ADD COLUMN gender text,
	ADD COLUMN birthdate text,			-- YYYY-MM-DD, 0000-MM-DD or YYYY
	ADD COLUMN phone_number_verified boolean NOT NULL DEFAULT false,
	ADD COLUMN address jsonb CHECK (jsonb_typeof(address) = 'object');
