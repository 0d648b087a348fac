using BuildPipeline.Worker.Settings;

namespace BuildPipeline.Sandbox.Tests.Worker;

public sealed class HyperparametersTests
{
    [Fact]
    public void GivenNothing_WhenParsed_ThenTheDefaultsHold()
    {
        var settings = Hyperparameters.Parse([], 2);

        Assert.Equal((600, 80, 3), (settings.TotalSteps, settings.CheckpointIntervalSteps, settings.KeepCheckpoints));
    }

    [Theory]
    [InlineData("total_steps", "many", "Hyperparameter total_steps is 'many', but must be a whole number from 1 to 10000000.")]
    [InlineData("total_steps", "0", "Hyperparameter total_steps is '0', but must be a whole number from 1 to 10000000.")]
    [InlineData("total_steps", "1.5", "Hyperparameter total_steps is '1.5', but must be a whole number from 1 to 10000000.")]
    [InlineData("learning_rate", "NaN", "Hyperparameter learning_rate is 'NaN', but must be a number from 1E-09 to 100.")]
    [InlineData("learning_rat", "1", "Hyperparameter 'learning_rat' is unknown. Did you mean 'learning_rate'?")]
    [InlineData("steps", "1", "Hyperparameter 'steps' is unknown. Did you mean ")]
    [InlineData("checkpoint_interval", "often", "Hyperparameter checkpoint_interval is 'often', but must be fixed or auto.")]
    [InlineData("batch_size", "25", "Hyperparameter batch_size is 25, which 2 nodes cannot share evenly: make it a multiple of 2.")]
    public void GivenAnUnusableSetting_WhenParsed_ThenTheSentenceSaysWhatToDo(string name, string value, string sentence)
    {
        var failure = Assert.Throws<TrainingFailureException>(() => Hyperparameters.Parse([KeyValuePair.Create(name, value)], 2));

        Assert.StartsWith(sentence, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GivenTheAutomaticInterval_WhenParsed_ThenItIsCorrectedAndTheHelpNamesTheWords()
    {
        Assert.False(Hyperparameters.Parse([], 1).CorrectsInterval);
        Assert.True(Hyperparameters.Parse([KeyValuePair.Create("checkpoint_interval", "auto")], 1).CorrectsInterval);
        Assert.Contains("checkpoint_interval          fixed", Hyperparameters.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void GivenSettingsOfSageMakersToolkit_WhenParsed_ThenTheyAreLeftAlone() =>
        Assert.Equal(600, Hyperparameters.Parse([KeyValuePair.Create("sagemaker_program", "train.py")], 1).TotalSteps);

    [Fact]
    public void GivenAFileThatIsNoObject_WhenRead_ThenTheFailureNamesIt()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "[1]");

        var failure = Assert.Throws<TrainingFailureException>(() => Hyperparameters.Read(file, 1));

        File.Delete(file);
        Assert.StartsWith($"{file} must be a JSON object", failure.Message, StringComparison.Ordinal);
    }
}
