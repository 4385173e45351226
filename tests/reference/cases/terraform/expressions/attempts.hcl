try_first = try(1, 2)
try_missing = try(var.person.absent, "fallback")
try_index = try(var.numbers[9], "none")
try_null_attribute = try(var.null_map.x, "none")
try_key = try(var.ages["nobody"], -1)
try_null = try(null, "x")
try_conversion = try(tonumber("x"), 0)
try_function_error = try(jsondecode("{"), {})
try_division = try(1 / 0, "infinite") > 1e300
try_file = try(file("absent.txt"), "no file")
try_regex = try(regex("a(b)", "x"), "no match")
try_chain = try(var.person.a.b.c, var.person.age, "x")
try_list = try(tolist("x"), ["x"])
try_types = [try(tolist(["a"]), []), try([], "")]
try_parse = try(parseint("zz", 10), parseint("zz", 36))
try_lookup = try(lookup(var.ages, "x"), "absent")
try_nested = try(try(var.person.x), try(var.person.y, "z"))
try_cidr = try(cidrsubnet("10.0.0.0/30", 4, 0), "too small")
try_object = try({ a = var.person.absent }, { a = "default" })
try_template = try("${var.person.absent}", "t")
try_loop = try([for p in var.people : p.absent], ["none"])
try_splat = try(var.people[*].absent, "s")
try_merge = try(merge({ a = 1 }, "x"), "m")
try_element = try(element([], 0), "e")
try_one = try(one([1, 2]), "o")
try_format = try(format("%d", "x"), "f")
can_good = can(var.person.name)
can_bad = can(var.person.absent)
can_null = can(null)
can_type = can(tostring({}))
can_regex = [for t in ["abc", "ABC", "a1"] : can(regex("^[a-z]+$", t))]
can_invalid_regex = can(regex("(", "x"))
can_time = [can(timeadd("2020-01-01T00:00:00Z", "1h")), can(timeadd("2020-01-01", "1h")), can(formatdate("", "2020-13-01T00:00:00Z"))]
can_cidr = [for c in ["10.0.0.0/8", "10.0.0.0", "10.0.0.0/33", "::/0", "010.0.0.0/8", "1.2.3/8"] : can(cidrhost(c, 0))]
can_base64 = [can(base64decode("aGk=")), can(base64decode("aGk")), can(base64decode("/w=="))]
can_json = [for t in ["1", "nul", "{\"a\":}", "[1,]", "\"x\"", "", " 1 ", "1 2", "NaN", "{'a':1}"] : can(jsondecode(t))]
can_yaml = [for t in ["a: b", "a: [", "- 1\n- 2", "", "a: b: c", "*x", "&x 1", "!!int x"] : can(yamldecode(t))]
can_csv = [can(csvdecode("a,b\n1")), can(csvdecode("a,a\n1,2")), can(csvdecode(""))]
can_uuid = can(uuidv5("bad", "x"))
can_lookup = [can(lookup({ a = 1 }, "b")), can(lookup({ a = 1 }, "b", 2))]
can_setproduct = can(setproduct(["a"]))
can_zip = can(zipmap(["a"], [1, 2]))
can_slice = [can(slice([1, 2], 1, 3)), can(slice([1, 2], 2, 1)), can(slice([1, 2], 0, 0)), can(slice(["a"], -1, 1))]
can_range = [can(range(0)), can(range(0, 1, 0)), can(range(2000)), can(range(1, 2, 3, 4))]
can_chunk = [can(chunklist([1], 0)), can(chunklist([1], -1))]
can_format = [for f in ["%d", "%z", "%", "%s %s", "%[2]s", "%*d", "%v", "%%", "x"] : can(format(f, 1))]
can_coalesce = [can(coalesce()), can(coalesce(null, "")), can(coalescelist([], []))]
can_compact = can(compact([1, [2]]))
can_contains = [can(contains("x", "x")), can(contains(["x"], "x"))]
can_keys = [can(keys([1])), can(values("x")), can(keys(null))]
can_join = [can(join(",", "x")), can(join(",", [["a"]])), can(join(",", [null]))]
can_matchkeys = can(matchkeys(["a"], ["b", "c"], ["b"]))
can_transpose = can(transpose({ a = "b" }))
can_substr = can(substr("abc", 0, -2))
can_flatten = can(flatten("x"))
can_reverse = can(reverse("abc"))
can_length = [can(length(1)), can(length(null)), can(length("x"))]
can_arguments = [can(upper()), can(upper("a", "b")), can(abs("x")), can(upper([]))]
can_nullarg = [can(upper(null)), can(join(null, [])), can(length(var.null_list)), can(merge(null, { a = 1 }))]
