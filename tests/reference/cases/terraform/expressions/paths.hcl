text = file("files/hello.txt")
text_dotted = file("./files/sub/../hello.txt")
text_root = file("${path.root}/files/unicode.txt")
binary = can(file("files/binary.bin"))
missing = can(file("files/absent"))
folder = can(file("files"))
binary_base64 = filebase64("files/binary.bin")
exists = [fileexists("files/hello.txt"), fileexists("files/absent")]
exists_folder = can(fileexists("files"))
set_all = fileset("files", "*")
set_deep = fileset("files", "**")
set_deep_conf = fileset("files", "**/*.conf")
set_braces = fileset("files/sub", "{a,b}.conf")
set_class = fileset("files/sub", "[a-a].*")
set_none = fileset("files", "*.absent")
set_missing_folder = fileset("absent", "*")
set_question = fileset("files/sub", "?.conf")
set_dotted = fileset("./files/", "sub/*")
set_up = fileset("files/sub", "../*.txt")
set_folder_itself = fileset("files", "sub")
hashes = [filemd5("files/hello.txt"), filesha1("files/hello.txt"), filesha256("files/hello.txt"), filesha512("files/binary.bin"), filebase64sha256("files/hello.txt"), filebase64sha512("files/hello.txt")]
base = [basename("a/b/c.txt"), basename("a/b/"), basename(""), basename("/"), basename("."), basename("a//")]
dir = [dirname("a/b/c.txt"), dirname("a/b/"), dirname(""), dirname("/"), dirname("c"), dirname("a//b"), dirname("../a"), dirname("/a")]
expand = [pathexpand("/etc/x"), pathexpand("a/~"), pathexpand("")]
absolute = abspath("/a/../b//c/")
template = templatefile("files/users.tftpl", { users = [{ name = "ann", admin = true }, { name = "bob", admin = false }] })
template_plain = templatefile("files/plain.tftpl", { name = "Zed" })
template_extra = templatefile("files/plain.tftpl", { name = 1.50, other = [] })
template_missing = can(templatefile("files/plain.tftpl", {}))
template_map = templatefile("files/plain.tftpl", tomap({ name = "m" }))
string_template = templatestring(local.template_source, { name = "x", list = ["a", "b"] })
template_source = "Hi $${name}%%{ for l in list } $${l}%%{ endfor }"
string_template_typed = can(templatestring(local.only_source, { value = [1, "a"] }))
only_source = "$${value}"
string_template_number = templatestring(local.only_source, { value = 1.50 })
string_template_missing = can(templatestring(local.only_source, {}))
string_template_function = templatestring(local.function_source, { value = "x" })
function_source = "$${upper(value)}-$${length([1, 2])}"
string_template_outer = can(templatestring(local.outer_source, {}))
outer_source = "$${var.person.name}"
module_path = path.module
root_path = path.root
workspace = terraform.workspace
workspace_in_text = "env-${terraform.workspace}"
path_file = "${path.module}/x.sh"
encode_tfvars = provider::terraform::encode_tfvars({ b = "x", a = [1, true, null], "é" = { k = "v" } })
encode_tfvars_texts = provider::terraform::encode_tfvars({ t = "a\nb\"$${x}%%{y}\\", e = "", n = 1.50, o = {}, l = [], big = 1e30 })
encode_tfvars_bad = can(provider::terraform::encode_tfvars({ "not a name" = 1 }))
encode_expr = [provider::terraform::encode_expr("x"), provider::terraform::encode_expr(1.5), provider::terraform::encode_expr([1, "a"]), provider::terraform::encode_expr({ a = 1, "b c" = [true], "1" = {} })]
encode_expr_types = [provider::terraform::encode_expr(toset(["b", "a"])), provider::terraform::encode_expr(tomap({ x = "y" })), provider::terraform::encode_expr("multi\nline\ttab é")]
decode_tfvars = provider::terraform::decode_tfvars("a = 1\nb = \"x\"\nc = [true, null]\nd = { e = \"f\" }\n")
decode_tfvars_bad = can(provider::terraform::decode_tfvars("a = var.x"))
core_function = core::upper("x")
applying_is_ephemeral = can(terraform.applying)
