resource "google_storage_bucket" "open" {
  name = "open"
}

resource "google_storage_bucket_iam_member" "open" {
  bucket = google_storage_bucket.open.name
  role   = "roles/storage.objectViewer"
  member = "allUsers" #! failed
}

resource "google_storage_bucket_iam_binding" "open" {
  bucket  = google_storage_bucket.open.id
  role    = "roles/storage.objectViewer"
  members = ["user:ada@example.com", "allAuthenticatedUsers"] #! failed
}

resource "google_storage_bucket" "closed" {
  name                     = "closed"
  public_access_prevention = "enforced"
}

resource "google_storage_bucket_iam_member" "overruled" {
  bucket = google_storage_bucket.closed.name
  role   = "roles/storage.objectViewer"
  member = "allUsers"
}

resource "google_storage_bucket_iam_member" "overruled_by_name" {
  bucket = "closed"
  role   = "roles/storage.objectViewer"
  member = "allUsers"
}

variable "member" {
  type = string
}

resource "google_storage_bucket_iam_member" "later" {
  bucket = google_storage_bucket.open.name
  role   = "roles/storage.objectViewer"
  member = var.member #! unknown
}

resource "google_storage_bucket" "later" {
  name                     = "later"
  public_access_prevention = var.member #! unknown
}

resource "google_storage_bucket_iam_member" "later_bucket" {
  bucket = google_storage_bucket.later.name
  role   = "roles/storage.objectViewer"
  member = "allUsers"
}
