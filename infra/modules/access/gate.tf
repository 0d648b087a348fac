# What the cost gate looks up: prices and quotas.
locals {
  gate = [{
    # These have no narrower resource.
    Sid      = "LookAtMarketAndQuotas"
    Effect   = "Allow"
    Action   = ["ec2:DescribeSpotPriceHistory", "servicequotas:ListServiceQuotas"]
    Resource = "*"
  }]
}
