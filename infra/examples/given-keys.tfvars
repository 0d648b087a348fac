# Keys that the security team keeps, for artifacts and volumes, and runs that expire after half a year.

instance_type       = "ml.m5.xlarge" # A type with a network volume; those with NVMe disks take no volume key.
kms_key_arn         = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
volume_kms_key_arn  = "arn:aws:kms:us-east-1:123456789012:key/66666666-7777-8888-9999-000000000000"
run_expiration_days = 180
