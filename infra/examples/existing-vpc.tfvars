# Train in a network that is there already: its private subnets, its S3 gateway endpoint, its interface endpoints.

vpc_id             = "vpc-0123456789abcdef0"
private_subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
s3_prefix_list_id  = "pl-63a5400a"

existing_endpoint_security_group_ids = ["sg-0123456789abcdef0"]
