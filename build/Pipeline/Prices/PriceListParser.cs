using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;

namespace BuildPipeline.Prices;

/// <summary>The price list is not usable; the message says why.</summary>
internal sealed class PriceListException(string sentence) : Exception(sentence);

/// <summary>What a region's price list says of training.</summary>
/// <param name="Published">When AWS published it.</param>
/// <param name="Rates">Dollars a node-hour by instance type.</param>
internal sealed record TrainingRates(DateOnly Published, IReadOnlyDictionary<string, decimal> Rates);

/// <summary>Reads the training rows out of a region file of AWS's bulk price list, in one pass and in little memory.</summary>
internal sealed class PriceListParser
{
    private static readonly string[] NotForSale = ["Free", "Outposts"];

    private readonly string _region;
    private readonly List<string> _path = [];
    private readonly Dictionary<string, string> _attributes = [];
    private readonly Dictionary<string, string> _dimension = [];
    private readonly Dictionary<string, string> _typeOfSku = [];
    private readonly List<(string Sku, string Unit, string Currency, string Amount)> _prices = [];
    private JsonReaderState _state;
    private string _name = "";
    private string? _offer;
    private string? _published;

    private PriceListParser(string region) => _region = region;

    /// <summary>Reads to the end.</summary>
    /// <exception cref="PriceListException">It is cut off, in another currency, contradicts itself, or has no training rates of the region.</exception>
    public static async Task<TrainingRates> ReadAsync(Stream list, string region, CancellationToken cancellationToken)
    {
        var parser = new PriceListParser(region);
        var pipe = PipeReader.Create(list, new StreamPipeReaderOptions(bufferSize: 1 << 16));
        try
        {
            ReadResult result;
            do
            {
                result = await pipe.ReadAsync(cancellationToken);
                pipe.AdvanceTo(parser.Take(result.Buffer, result.IsCompleted), result.Buffer.End);
            }
            while (!result.IsCompleted);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new PriceListException("it is truncated or damaged");
        }
        finally
        {
            await pipe.CompleteAsync();
        }

        return parser.Finish();
    }

    private SequencePosition Take(ReadOnlySequence<byte> bytes, bool isLast)
    {
        var reader = new Utf8JsonReader(bytes, isLast, _state);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    _name = reader.GetString()!;
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    _path.Add(_name);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    Leave();
                    _path.RemoveAt(_path.Count - 1);
                    break;
                case JsonTokenType.String:
                    Value(reader.GetString()!);
                    break;
            }
        }

        _state = reader.CurrentState;
        return reader.Position;
    }

    private void Value(string text)
    {
        switch (_path)
        {
            case [_] when _name == "offerCode":
                _offer = text;
                break;
            case [_] when _name == "publicationDate":
                _published = text;
                break;
            case [_, "products", _, "attributes"]:
                _attributes[_name] = text;
                break;
            case [_, "terms", "OnDemand", _, _, "priceDimensions", _] when _name == "unit":
                _dimension["unit"] = text;
                break;
            case [_, "terms", "OnDemand", _, _, "priceDimensions", _, "pricePerUnit"]:
                (_dimension["currency"], _dimension["amount"]) = (_name, text);
                break;
        }
    }

    private void Leave()
    {
        switch (_path)
        {
            case [_, "products", var sku, "attributes"]:
                if (TrainingType() is { } type)
                {
                    _typeOfSku[sku] = type;
                }

                _attributes.Clear();
                break;
            case [_, "terms", "OnDemand", var sku, _, "priceDimensions", _]:
                _prices.Add((sku, _dimension.GetValueOrDefault("unit", ""), _dimension.GetValueOrDefault("currency", ""), _dimension.GetValueOrDefault("amount", "")));
                _dimension.Clear();
                break;
        }
    }

    /// <summary>The instance type that the product is training time of; null for every other product.</summary>
    private string? TrainingType()
    {
        var usage = _attributes.GetValueOrDefault("usagetype", "");
        if (_attributes.GetValueOrDefault("platoinstancetype") != "Training"
            || _attributes.GetValueOrDefault("regionCode") != _region
            || Array.Exists(NotForSale, word => usage.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        var name = _attributes.GetValueOrDefault("instanceName") ?? _attributes.GetValueOrDefault("instanceType", "");
        var type = name.EndsWith("-Training", StringComparison.Ordinal) ? name[..^"-Training".Length] : name;
        return type.StartsWith("ml.", StringComparison.Ordinal) ? type : null;
    }

    private TrainingRates Finish()
    {
        if (_offer != "AmazonSageMaker")
        {
            throw new PriceListException($"it is for offer '{_offer}', not AmazonSageMaker");
        }

        if (!DateTimeOffset.TryParse(_published, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var published))
        {
            throw new PriceListException("it does not say when it was published");
        }

        var rates = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var (sku, _, currency, amount) in _prices.Where(price => price.Unit == "Hrs" && _typeOfSku.ContainsKey(price.Sku)))
        {
            Add(rates, _typeOfSku[sku], currency, amount);
        }

        return rates.Count > 0
            ? new TrainingRates(DateOnly.FromDateTime(published.UtcDateTime), rates)
            : throw new PriceListException($"it has no training rates for {_region}");
    }

    private static void Add(Dictionary<string, decimal> rates, string type, string currency, string amount)
    {
        if (currency != "USD")
        {
            throw new PriceListException($"its rate for {type} is in '{currency}', not USD");
        }

        if (!decimal.TryParse(amount, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) || rate < 0)
        {
            throw new PriceListException($"its rate for {type} is '{amount}', which is not a valid price");
        }

        if (rates.TryGetValue(type, out var other) && other != rate)
        {
            throw new PriceListException(string.Create(CultureInfo.InvariantCulture, $"it has two rates for {type}, {other} and {rate}"));
        }

        // What is free now is not for sale at that price: unknown. AWS writes ten decimals; the division drops the zeros at the end.
        if (rate > 0)
        {
            rates[type] = rate / 1.0000000000000000000000000000m;
        }
    }
}
