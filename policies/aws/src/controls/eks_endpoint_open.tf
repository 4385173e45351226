resource "aws_eks_cluster" "default" {
  vpc_config { #! failed
    subnet_ids = []
  }
}

resource "aws_eks_cluster" "open" {
  vpc_config {
    public_access_cidrs = ["192.0.2.0/24", "0.0.0.0/0"] #! failed
  }
}

resource "aws_eks_cluster" "private" {
  vpc_config {
    endpoint_public_access = false
  }
}

variable "networks" {
  type = list(string)
}

resource "aws_eks_cluster" "later" {
  vpc_config {
    public_access_cidrs = var.networks #! unknown
  }
}

resource "aws_eks_cluster" "listed" {
  vpc_config {
    public_access_cidrs = ["192.0.2.0/24"]
  }
}
