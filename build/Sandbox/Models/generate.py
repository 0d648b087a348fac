"""Writes service-models.json: AWS's own service models, cut down to what the sandbox needs to check requests.

Run it with a Python that has botocore (boto3 and the aws command line bring it): python3 generate.py
The operations are those of support.json. Of S3 all operations are listed, so each can be refused by its name.
"""

import json
import pathlib

import botocore
from botocore.loaders import Loader

FOLDER = pathlib.Path(__file__).parent
LIMITS = ("min", "max", "pattern", "enum")
FLAGS = ("flattened", "xmlAttribute", "payload", "timestampFormat")


def shape_document(service, shape):
    """One shape: its kind, its limits, and the shapes of its members."""
    document = {"type": shape["type"]}
    document |= {key: shape[key] for key in (*LIMITS, *FLAGS) if key in shape}
    if shape.get("required"):
        document["required"] = shape["required"]
    if shape["type"] == "structure":
        document["members"] = {name: member_document(service, name, member) for name, member in shape["members"].items()}
    for part in ("member", "key", "value"):
        if part in shape:
            document[part] = member_document(service, None, shape[part])
    return document


def member_document(service, name, member):
    """One member: its shape, where it is in a REST request, and its name on the wire where that is another one."""
    document = {"shape": member["shape"]}
    document |= {key: member[key] for key in ("location", *FLAGS) if key in member}
    wire = wire_name(service, name, member)
    if wire and wire != name:
        document["name"] = wire
    return document


def wire_name(service, name, member):
    """EC2 has rules of its own: https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html"""
    wire = member.get("locationName", name)
    if service["metadata"]["protocol"] != "ec2" or name is None:
        return wire
    return member.get("queryName") or wire[0].upper() + wire[1:]


def reachable(service, name, found):
    """The shapes that a shape consists of, itself first."""
    if name not in found:
        shape = service["shapes"][name]
        found[name] = shape_document(service, shape)
        parts = list(shape.get("members", {}).values()) + [shape[part] for part in ("member", "key", "value") if part in shape]
        for part in parts:
            reachable(service, part["shape"], found)
    return found


def operation_document(service, operation, is_emulated):
    """One operation: how it is called, and of a REST service the names of its headers and query parameters."""
    document = {"method": operation["http"]["method"], "uri": operation["http"]["requestUri"]}
    shape = operation.get("input", {}).get("shape")
    if shape and is_emulated:
        document["input"] = shape
    members = service["shapes"][shape]["members"].values() if shape else []
    for key, locations in (("headers", ("header", "headers")), ("query", ("querystring",))):
        names = sorted(member["locationName"] for member in members if member.get("location") in locations)
        if names:
            document[key] = names
    return document


def service_document(service, emulated, all_operations):
    """One service: all of S3's operations, of the others those that the sandbox emulates."""
    missing = [name for name in emulated if name not in service["operations"]]
    if missing:
        raise SystemExit(f"{service['metadata']['serviceId']} has no operation {', '.join(missing)}.")
    shapes = {}
    operations = {}
    for name, operation in sorted(service["operations"].items()):
        if name in emulated or all_operations:
            operations[name] = operation_document(service, operation, name in emulated)
        if name in emulated and "input" in operation:
            reachable(service, operation["input"]["shape"], shapes)
    return {"protocol": service["metadata"]["protocol"], "operations": operations, "shapes": dict(sorted(shapes.items()))}


def main():
    support = json.loads((FOLDER / "support.json").read_text("utf-8"))
    services = {
        name: service_document(Loader().load_service_model(name, "service-2"), operations, all_operations=name == "s3")
        for name, operations in support.items()
    }
    lines = [f'{{"source": "botocore {botocore.__version__}", "services": {{']
    for position, (name, service) in enumerate(services.items()):
        lines += [f'"{name}": {{"protocol": "{service["protocol"]}",', '"operations": {', *rows(service["operations"]), '}, "shapes": {']
        lines += [*rows(service["shapes"]), "}}" + ("," if position < len(services) - 1 else "")]
    (FOLDER / "service-models.json").write_text("\n".join([*lines, "}}", ""]), "utf-8")
    print(f"service-models.json: botocore {botocore.__version__}, {sum(len(service['operations']) for service in services.values())} operations")


def rows(entries):
    """One line an entry, so a change of version reads well in a diff."""
    texts = [f"{json.dumps(name)}: {json.dumps(entry, separators=(',', ':'))}" for name, entry in entries.items()]
    return [text + "," for text in texts[:-1]] + texts[-1:]


if __name__ == "__main__":
    main()
