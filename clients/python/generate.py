"""Makes the Python package in a folder: what is written here, and what the contracts say.

Usage: generate.py FOLDER. The folder then holds `equity` (the messages), `equity_client` (the client) and a
pyproject.toml: put it on PYTHONPATH, or install it with pip.
"""

from __future__ import annotations

import keyword
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from typing import Any, Iterator

from google.protobuf import descriptor_pb2

HERE = pathlib.Path(__file__).resolve().parent
PROTOS = HERE.parent.parent / "protos"
GOOGLEAPIS = pathlib.Path("/usr/share/gocode/src/github.com/gogo/googleapis")

Field = descriptor_pb2.FieldDescriptorProto
SCALARS = {Field.TYPE_STRING: "str", Field.TYPE_BYTES: "bytes", Field.TYPE_BOOL: "bool"}
SCALARS.update({Field.TYPE_DOUBLE: "float", Field.TYPE_FLOAT: "float"})

BY_HAND = {"StreamRegistrations": "Client.register"}
LINE = 120


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    for made in ("equity", "equity_client"):
        shutil.rmtree(folder / made, ignore_errors=True)
    shutil.copytree(HERE / "equity_client", folder / "equity_client", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(HERE / name, folder)

    contracts = sorted(str(path.relative_to(PROTOS)) for path in (PROTOS / "equity").rglob("*.proto"))
    protoc(PROTOS, f"-I{GOOGLEAPIS}", f"--python_out={folder}", f"--pyi_out={folder}", *contracts)
    third_party = folder / "equity" / "third_party"
    third_party.mkdir()
    protoc(
        GOOGLEAPIS,
        f"--python_out={third_party}",
        f"--pyi_out={third_party}",
        "google/api/annotations.proto",
        "google/api/http.proto",
        "google/rpc/status.proto",
        "google/rpc/error_details.proto",
    )
    for path in (folder / "equity").rglob("*_pb2.py"):
        find_google_api(path)
    for package in [folder / "equity", *(each for each in (folder / "equity").rglob("*") if each.is_dir())]:
        (package / "__init__.py").touch()
    (folder / "equity" / "py.typed").touch()

    with tempfile.NamedTemporaryFile() as file:
        made = f"--descriptor_set_out={file.name}"
        protoc(PROTOS, f"-I{GOOGLEAPIS}", "--include_imports", "--include_source_info", made, *contracts)
        files = descriptor_pb2.FileDescriptorSet.FromString(file.read()).file
    (folder / "equity_client" / "services.py").write_text(services_module(list(files)), encoding="utf-8")


def find_google_api(path: pathlib.Path) -> None:
    """Debian has no package with google.api: where nothing else brings it, ours is taken."""
    imported = r"^from (google\.api import .*)$"
    ours = r"try:\n    from \1\nexcept ImportError:\n    from equity.third_party.\1"
    path.write_text(re.sub(imported, ours, path.read_text(encoding="utf-8"), flags=re.M), encoding="utf-8")


def protoc(root: pathlib.Path, *arguments: str) -> None:
    subprocess.run(["protoc", f"-I{root}", *arguments], check=True)


class Contract:
    """What all files say together. Things are found by their path in the file (SourceCodeInfo) and by their name."""

    def __init__(self, files: list[Any]) -> None:
        self.messages: dict[str, Any] = {}
        self.homes: dict[str, tuple[Any, tuple[int, ...]]] = {}  # file and path of each message and enumeration
        self._comments: dict[tuple[str, tuple[int, ...]], str] = {}
        for file in files:
            self._add_types(file, f".{file.package}.", (), file.message_type, file.enum_type, (4, 5))
            for location in file.source_code_info.location:
                if location.leading_comments:
                    text = textwrap.dedent(location.leading_comments).strip()
                    self._comments[file.name, tuple(location.path)] = text

    def _add_types(
        self, file: Any, scope: str, path: tuple[int, ...], messages: Any, enums: Any, fields: tuple[int, int]
    ) -> None:
        for index, enum in enumerate(enums):
            self.homes[scope + enum.name] = file, (*path, fields[1], index)
        for index, message in enumerate(messages):
            home = (*path, fields[0], index)
            self.messages[scope + message.name] = message
            self.homes[scope + message.name] = file, home
            self._add_types(file, f"{scope}{message.name}.", home, message.nested_type, message.enum_type, (3, 4))

    def comment(self, file: Any, *path: int) -> str:
        return self._comments.get((file.name, path), "")

    def type_name(self, name: str) -> str:
        """How services.py names a message or enumeration."""
        file, _ = self.homes[name]
        return f"{module_alias(file)}{name.removeprefix(f'.{file.package}')}"

    def annotation(self, field: Any) -> str:
        """What may be given for a field of a request."""
        message = self.messages.get(field.type_name)
        if message is not None and message.options.map_entry:
            key, value = message.field
            return f"Mapping[{self.annotation(key)}, {self.annotation(value)}]"
        one = SCALARS.get(field.type, "int")
        if field.type == Field.TYPE_ENUM:
            one = f"{self.type_name(field.type_name)} | str"
        elif message is not None:
            one = f"{self.type_name(field.type_name)} | Mapping[str, Any]"
        return f"Iterable[{one}]" if field.label == Field.LABEL_REPEATED else one

    def items_field(self, message: Any) -> str:
        """The field with the items of a page; empty where there is not just one that could be it."""
        names = [
            field.name
            for field in message.field
            if field.label == Field.LABEL_REPEATED and field.type == Field.TYPE_MESSAGE
        ]
        return str(names[0]) if len(names) == 1 else ""


def module_alias(file: Any) -> str:
    return re.sub(r"[/.]", "_", file.name[: -len(".proto")]).removeprefix("equity_")


def services_module(files: list[Any]) -> str:
    contract = Contract(files)
    services = list(named_services(files))
    body: list[str] = []
    for attribute, file, index in services:
        body += service_class(contract, attribute, file, index)
    body += ["", "", "class Services:", '    """All services of a server."""', ""]
    body += ["    def __init__(self, connection: Connection) -> None:"]
    body += [f"        self.{attribute} = {class_name(attribute)}(connection)" for attribute, _, _ in services]
    text = "\n".join(body) + "\n"

    head = ['"""A client for each service of the contracts. Made by generate.py."""', ""]
    head += ["from __future__ import annotations", ""]
    head += imports(text, "typing", "Any", "Iterable", "Mapping") + [""]
    for file in files:
        if re.search(rf"\b{module_alias(file)}\.", text):
            package, _, stem = file.name[: -len(".proto")].replace("/", ".").rpartition(".")
            head.append(f"from {package} import {stem}_pb2 as {module_alias(file)}")
    head += ["", "from equity_client.connection import Connection"]
    head += imports(text, "equity_client.pages", "Pages") + imports(text, "equity_client.watch", "Watch")
    return "\n".join(head) + "\n" + text


def imports(text: str, module: str, *names: str) -> list[str]:
    used = [name for name in names if re.search(rf"\b{name}\b", text)]
    return [f"from {module} import {', '.join(used)}"] if used else []


def named_services(files: list[Any]) -> Iterator[tuple[str, Any, int]]:
    """The first service of a file is called as the file is, a further one by its own name."""
    seen = set()
    for file in files:
        for index, service in enumerate(file.service):
            name = pathlib.PurePath(file.name).stem
            if index > 0:
                name = plural(snake(service.name.removesuffix("Service")))
            if name in seen:
                sys.exit(f"generate.py: two services would be called {name}; rename {file.name}")
            seen.add(name)
            yield name, file, index


def service_class(contract: Contract, attribute: str, file: Any, index: int) -> list[str]:
    service = file.service[index]
    lines = ["", "", f"class {class_name(attribute)}:"]
    lines += docstring(paragraphs(contract.comment(file, 6, index) or service.name), "    ")
    lines += ["", f'    _methods = {module_alias(file)}.DESCRIPTOR.services_by_name["{service.name}"].methods_by_name']
    lines += ["", "    def __init__(self, connection: Connection) -> None:", "        self._connection = connection"]
    for number, method in enumerate(service.method):
        if method.name not in BY_HAND:
            lines += [""] + method_definition(contract, method, contract.comment(file, 6, index, 2, number))
    return lines


def method_definition(contract: Contract, method: Any, comment: str) -> list[str]:
    request = contract.messages[method.input_type]
    response = contract.messages[method.output_type]
    names = {field.name: field.name + "_" if keyword.iskeyword(field.name) else field.name for field in request.field}
    items = contract.items_field(response)
    item_type = next((contract.type_name(field.type_name) for field in response.field if field.name == items), "")
    response_type = contract.type_name(method.output_type)
    response_fields = [field.name for field in response.field]
    limit = "timeout: float | None = None"
    given = [f'self._methods["{method.name}"]', "request", response_type]
    if method.server_streaming and items and "resume_token" in names and "resume_token" in response_fields:
        limit = "patience: float = 60.0"
        returns, function = f"Watch[{item_type}]", "Watch"
        given = ["self._connection", *given, f'"{items}"', "patience"]
    elif method.client_streaming or method.server_streaming:
        sys.exit(f"generate.py: {method.name} is a stream without resume_token; write a method by hand")
    elif items and ("next_page_token" in response_fields or method.name.startswith("List")):
        returns, function = f"Pages[{item_type}]", "Pages"
        given = ["self._connection", *given, f'"{items}"', "timeout"]
    else:
        returns, function = response_type, "self._connection.unary"
        given.append("timeout")

    parameters = []
    file, path = contract.homes[method.input_type]
    comments = [*paragraphs(comment or method.name)]
    for number, field in enumerate(request.field):
        if field.name == "timeout":
            sys.exit(f"generate.py: {method.input_type} has a field named timeout, which is the client's own word")
        argument = names[field.name]
        parameters.append(f"{argument}: {contract.annotation(field)} | None = None")
        comments += [""] * (number == 0) + [f"{argument}: {contract.comment(file, *path, 2, number)}"]
    return [
        *arguments(f"    def {snake(method.name)}(", ["self", "*", *parameters, limit], f") -> {returns}:"),
        *docstring(comments, "        "),
        *arguments(
            f"        request = {contract.type_name(method.input_type)}(",
            [f"{name}={each}" if name == each else f'**{{"{name}": {each}}}' for name, each in names.items()],
            ")",
        ),
        *arguments(f"        return {function}(", given, ")"),
    ]


def arguments(head: str, each: list[str], tail: str) -> list[str]:
    """On one line where they fit."""
    line = head + ", ".join(each) + tail
    if len(line) <= LINE:
        return [line]
    indent = " " * (len(head) - len(head.lstrip()))
    return [head, *(f"{indent}    {one}," for one in each), indent + tail]


def paragraphs(comment: str) -> list[str]:
    return comment.replace("\nErrors:", "\n\nErrors:").replace("\n\n", "\0\0").replace("\n", " ").split("\0")


def docstring(texts: list[str], indent: str) -> list[str]:
    lines = []
    for text in texts:
        safe = text.replace("\\", "\\\\").replace('"""', "'''")
        lines += textwrap.wrap(" ".join(safe.split()), LINE - len(indent) - 3) or [""]
    if len(lines) == 1:
        return [f'{indent}"""{lines[0]}"""']
    return [f'{indent}"""{lines[0]}', *((indent + line).rstrip() for line in lines[1:]), f'{indent}"""']


def class_name(attribute: str) -> str:
    return "".join(word.capitalize() for word in attribute.split("_")) + "Client"


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def plural(name: str) -> str:
    return name[:-1] + "ies" if name.endswith("y") else name + "s"


main()
