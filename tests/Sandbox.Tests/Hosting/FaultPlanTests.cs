using BuildPipeline.Sandbox.Faults;

namespace BuildPipeline.Sandbox.Tests.Hosting;

public sealed class FaultPlanTests
{
    private readonly FaultPlan _plan = new(new RequestLog(TimeProvider.System));

    [Fact]
    public void Given_a_fault_for_two_requests_When_three_ask_Then_the_third_gets_none()
    {
        _plan.Add([new Fault("s3", FaultKind.Throttle, "PutObject", 2)]);

        Assert.Equal(FaultKind.Throttle, _plan.Take("s3", "PutObject")?.Kind);
        Assert.Equal(FaultKind.Throttle, _plan.Take("s3", "PutObject")?.Kind);
        Assert.Null(_plan.Take("s3", "PutObject"));
    }

    [Fact]
    public void Given_a_fault_for_another_operation_When_asked_Then_it_stays()
    {
        _plan.Add([new Fault("s3", FaultKind.Throttle, "PutObject")]);

        Assert.Null(_plan.Take("s3", "GetObject"));
        Assert.NotNull(_plan.Take("s3", "PutObject"));
    }

    [Fact]
    public void Given_a_fault_of_a_key_after_one_request_When_objects_are_asked_for_Then_the_second_that_fits_gets_it()
    {
        _plan.Add([new Fault("s3", FaultKind.Throttle, "PutObject", After: 1, Key: "runs/*/lease.json")]);

        Assert.Null(_plan.Take("s3", "PutObject", "runs/a/lease.json"));
        Assert.Null(_plan.Take("s3", "PutObject", "runs/a/events/000001.json"));
        Assert.Null(_plan.Take("s3", "PutObject"));
        Assert.NotNull(_plan.Take("s3", "PutObject", "runs/b/lease.json"));
    }

    [Fact]
    public void Given_a_held_response_When_it_is_taken_Then_it_is_shown_until_its_effect_is_there()
    {
        _plan.Add([new Fault("s3", FaultKind.HoldResponse, "PutObject")]);

        var held = _plan.Take("s3", "PutObject")!;
        Assert.Single(_plan.Planned);
        Assert.Null(_plan.Take("s3", "PutObject"));
        _plan.End(held);
        Assert.Empty(_plan.Planned);
    }

    [Fact]
    public void Given_a_fault_of_one_instance_type_When_others_ask_Then_it_stays()
    {
        _plan.Add([new Fault("sagemaker", FaultKind.Capacity, InstanceType: "ml.g5.xlarge")]);

        Assert.False(_plan.Take("sagemaker", "CreateTrainingJob", FaultKind.Capacity, "ml.g6.xlarge"));
        Assert.True(_plan.Take("sagemaker", "CreateTrainingJob", FaultKind.Capacity, "ml.g5.xlarge"));
    }

    [Fact]
    public void Given_a_capacity_fault_When_the_request_asks_Then_only_the_service_gets_it()
    {
        _plan.Add([new Fault("sagemaker", FaultKind.Capacity)]);

        Assert.Null(_plan.Take("sagemaker", "CreateTrainingJob"));
        Assert.False(_plan.Take("sagemaker", "CreateTrainingJob", FaultKind.Quota, "ml.g5.xlarge"));
        Assert.True(_plan.Take("sagemaker", "CreateTrainingJob", FaultKind.Capacity, "ml.g5.xlarge"));
        Assert.False(_plan.Take("sagemaker", "CreateTrainingJob", FaultKind.Capacity, "ml.g5.xlarge"));
    }
}
