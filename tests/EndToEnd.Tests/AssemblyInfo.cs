// Each test runs whole pipelines with several processes; one after the other, they measure themselves and not each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
