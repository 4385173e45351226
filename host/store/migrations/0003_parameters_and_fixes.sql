-- Parameters of controls, JSON: by control and by name.
ALTER TABLE source ADD COLUMN parameters TEXT NOT NULL DEFAULT '{}';

-- What a program can change so that a violation is fixed, JSON.
ALTER TABLE result ADD COLUMN fix TEXT
