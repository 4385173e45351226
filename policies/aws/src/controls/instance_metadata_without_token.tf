resource "aws_instance" "none" { #! failed
  ami = "ami-1"
}

resource "aws_instance" "optional" {
  ami = "ami-1"

  metadata_options {
    http_tokens = "optional" #! failed
  }
}

resource "aws_instance" "off" {
  ami = "ami-1"

  metadata_options {
    http_endpoint = "disabled"
  }
}

resource "aws_launch_template" "safe" {
  name = "safe"

  metadata_options {
    http_tokens = "required"
  }
}

resource "aws_launch_template" "plain" { #! failed
  name = "plain"
}

resource "aws_instance" "from_safe" {
  launch_template {
    id = aws_launch_template.safe.id
  }
}

resource "aws_instance" "from_safe_by_name" {
  launch_template {
    name = "safe"
  }
}

resource "aws_instance" "overruled" {
  launch_template {
    id = aws_launch_template.safe.id
  }

  metadata_options {
    http_tokens = "optional" #! failed
  }
}

resource "aws_instance" "from_plain" { #! failed
  launch_template {
    id = aws_launch_template.plain.id
  }
}

resource "aws_instance" "from_elsewhere" {
  launch_template {
    id = "lt-1" #! unknown
  }
}

resource "aws_instance" "lacks" {
  metadata_options { #! failed
    http_put_response_hop_limit = 1
  }
}
