resource "google_project_iam_member" "owner" {
  role   = "roles/owner" #! failed
  member = "user:ada@example.com"
}

resource "google_project_iam_binding" "each" {
  for_each = toset(["roles/viewer", "roles/run.developer"])
  role     = each.value #! failed
  members  = ["user:ada@example.com"]
}

variable "role" {
  type = string
}

resource "google_project_iam_member" "later" {
  role   = var.role #! unknown
  member = "user:ada@example.com"
}
