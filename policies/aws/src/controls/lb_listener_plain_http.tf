resource "aws_lb" "public" {
  name = "public"
}

resource "aws_lb" "inside" {
  name     = "inside"
  internal = true
}

resource "aws_lb_listener" "public" {
  load_balancer_arn = aws_lb.public.arn
  port              = 80
  protocol          = "HTTP" #! failed

  default_action {
    type = "forward"
  }
}

resource "aws_lb_listener" "inside" {
  load_balancer_arn = aws_lb.inside.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "forward"
  }
}

resource "aws_lb_listener" "redirected" {
  load_balancer_arn = aws_lb.public.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "kept" {
  load_balancer_arn = aws_lb.public.arn
  port              = 80
  protocol          = "HTTP" #! failed

  default_action {
    type = "redirect"

    redirect {
      host        = "www.example.com"
      status_code = "HTTP_301"
    }
  }
}

variable "internal" {
  type = bool
}

resource "aws_lb" "later" {
  name     = "later"
  internal = var.internal #! unknown
}

resource "aws_lb_listener" "later" {
  load_balancer_arn = aws_lb.later.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "forward"
  }
}

resource "aws_lb_listener" "tls" {
  load_balancer_arn = aws_lb.public.arn
  port              = 443
  protocol          = "HTTPS"

  default_action {
    type = "forward"
  }
}
