//! The repository of the demo.

/// The initial files of the demo's repository, the same at every provider.
pub const SHOP: &[(&str, &str)] = &[
    ("README.md", "# Shop\n\nThe shop's infrastructure.\n"),
    (
        "infra/main.tf",
        "terraform {\n  required_version = \">= 1.6\"\n}\n\nvariable \"region\" {\n  type    = string\n  default = \"eu-central-1\"\n}\n\nprovider \"aws\" {\n  region = var.region\n}\n",
    ),
    (
        "infra/storage.tf",
        "resource \"aws_s3_bucket\" \"receipts\" {\n  bucket = \"acme-shop-receipts\"\n}\n\nresource \"aws_s3_bucket_public_access_block\" \"receipts\" {\n  bucket                  = aws_s3_bucket.receipts.id\n  block_public_acls       = true\n  block_public_policy     = true\n  ignore_public_acls      = true\n  restrict_public_buckets = true\n}\n",
    ),
    (
        "deploy/shop.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\n  namespace: shop\nspec:\n  replicas: 2\n  selector:\n    matchLabels: { app: shop }\n  template:\n    metadata:\n      labels: { app: shop }\n    spec:\n      automountServiceAccountToken: false\n      containers:\n        - name: shop\n          image: registry.example.com/shop:1.4.2\n          ports:\n            - containerPort: 8080\n",
    ),
    (
        "deploy/service.yaml",
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: shop\n  namespace: shop\nspec:\n  selector: { app: shop }\n  ports:\n    - port: 80\n      targetPort: 8080\n",
    ),
];
