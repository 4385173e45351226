package main

deny contains msg if {
	some container in input.spec.template.spec.containers
	every word in ["latest", "dev"] { not endswith(container.image, sprintf(":%s", [word])) }
	not container.image in allowed
	msg := sprintf("%v is not allowed", [container.image])
}

deny contains {"msg": msg, "severity": "low", "path": path} if {
	walk(input, [path, value])
	value == "secret"
	msg := sprintf("secret at %v", [path])
}

warn contains msg if {
	count(input.spec.template.spec.containers) != input.spec.containers
	msg := "another number of containers"
}

allowed := {"nginx:1"}
