plain = var.secret
inside = { user = "u", password = var.secret }
in_text = "pw: ${var.secret}"
in_list = [var.secret, "x"]
map_value = var.secret_map.user
map_keys = keys(var.secret_map)
marked = sensitive("x")
unmarked = nonsensitive(var.secret)
marked_nested = { a = sensitive([1, 2]) }
length_of = length(var.secret)
issensitive_secret = issensitive(var.secret)
issensitive_plain = issensitive("x")
issensitive_nested = issensitive({ a = var.secret })
issensitive_derived = issensitive(upper(var.secret))
issensitive_element = issensitive([var.secret, "x"][1])
issensitive_marked = issensitive(sensitive(1))
issensitive_null = issensitive(null)
nonsensitive_plain = nonsensitive("x")
compare = var.secret == "hunter2"
upper_secret = upper(var.secret)
loop = [for v in ["a", var.secret] : upper(v)]
json = jsonencode({ p = var.secret })
merged = merge({ a = 1 }, { p = var.secret })
condition = var.secret == "x" ? 1 : 2
splat = [var.secret][*]
try_secret = try(var.secret, "x")
can_secret = can(var.secret)
loop_map = { for k, v in { a = var.secret } : k => v }
ephemeral_null = ephemeralasnull("x")
hash = sha256(var.secret)
for_secret_list = [for c in sensitive(["a", "b"]) : c]
coalesced = coalesce(null, var.secret)
