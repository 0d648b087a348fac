// Each test mostly waits for other processes: three at once keep two cores busy.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
[assembly: TestCollectionOrderer("BuildPipeline.EndToEnd.Tests.LongestFirst", "EndToEnd.Tests")]
