-- Parameters of controls, JSON: by control and by name.
ALTER TABLE source ADD COLUMN parameters TEXT NOT NULL DEFAULT '{}'
