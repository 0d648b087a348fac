using BuildPipeline.Stalls;

namespace BuildPipeline.Jobs;

/// <summary>How a run deals with its market and with stalls, fixed when it is priced: part of what is approved, and read by every process that continues the run.</summary>
/// <param name="Policy">Name of the policy that decides between spot and on-demand.</param>
/// <param name="DeadlineHours">Hours from the first submission by which the training has to be done; null means no deadline.</param>
/// <param name="OnStall">What is done about a job that stalls; null in runs of earlier versions, which only warn.</param>
public sealed record RunTerms(string Policy, double? DeadlineHours, OnStall? OnStall = null);
