using System.Globalization;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Models;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Holds a request's document against the shape that the service model has for it.</summary>
internal static class DocumentCheck
{
    /// <exception cref="Protocols.AwsError">MalformedXML as S3 has it, or NotImplemented with the name of a member.</exception>
    public static void Check(string operation, XElement root)
    {
        var input = S3Route.Model.InputOf(operation);
        var name = input.Payload!;
        var member = input.Members[name];
        if (root.Name.LocalName != (member.Name ?? name))
        {
            throw S3Errors.MalformedXml();
        }

        new Walk(S3Route.Model.Support[operation]).Structure(S3Route.Model.ShapeOf(member), root, name + ".");
    }

    private sealed class Walk(OperationSupport support)
    {
        public void Structure(Shape shape, XElement element, string prefix)
        {
            var known = shape.Members.Where(member => !member.Value.XmlAttribute).ToDictionary(member => member.Value.Name ?? member.Key, member => member);
            if (element.Elements().Any(child => !known.ContainsKey(child.Name.LocalName))
                || shape.Required.Any(name => !shape.Members[name].XmlAttribute && element.Child(shape.Members[name].Name ?? name) is null))
            {
                throw S3Errors.MalformedXml();
            }

            foreach (var children in element.Elements().GroupBy(child => child.Name.LocalName))
            {
                var (name, member) = known[children.Key];
                Refuse(prefix + name);
                Member(member, [.. children], prefix + name);
            }
        }

        private void Member(MemberModel member, List<XElement> elements, string path)
        {
            var shape = S3Route.Model.ShapeOf(member);
            if (shape.Type == ShapeType.List)
            {
                var item = S3Route.Model.ShapeOf(shape.Member!);
                var isFlat = shape.Flattened || member.Flattened;
                var items = isFlat ? elements : [.. elements.SelectMany(element => element.Elements())];
                if (!isFlat && items.Exists(element => element.Name.LocalName != (shape.Member!.Name ?? "member")))
                {
                    throw S3Errors.MalformedXml();
                }

                items.ForEach(element => Value(item, element, path, path + "[]."));
            }
            else if (elements.Count > 1)
            {
                throw S3Errors.MalformedXml();
            }
            else
            {
                Value(shape, elements[0], path, path + ".");
            }
        }

        private void Value(Shape shape, XElement element, string path, string prefix)
        {
            if (shape.Type == ShapeType.Structure)
            {
                Structure(shape, element, prefix);
            }
            else if (!IsOf(shape, element.Value))
            {
                throw S3Errors.MalformedXml();
            }
            else if (!support.Takes(path, element.Value))
            {
                throw S3Errors.NotImplemented($"the value '{element.Value}' of '{path}'");
            }
        }

        private void Refuse(string path)
        {
            if (support.Find(path) == MemberSupport.Refused)
            {
                throw S3Errors.NotImplemented($"the member '{path}'");
            }
        }

        private static bool IsOf(Shape shape, string text) => shape.Type switch
        {
            ShapeType.Integer => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            ShapeType.Long => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            ShapeType.Boolean => bool.TryParse(text, out _),
            ShapeType.Timestamp => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
            _ => shape.Enum?.Contains(text) != false,
        };
    }
}
