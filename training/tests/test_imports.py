"""Who may import whom. Packages stand in layers; a module imports from its own package and from layers below, and no import makes a circle."""
import ast
import os

ROOT = os.path.join(os.path.dirname(__file__), '..')
# From the ground up. A module belongs to the first prefix of a layer that its name starts with.
LAYERS = ['core', 'scenes', 'data', 'language', 'reading', 'model', 'inference', 'learning', 'export.graphs', 'export', 'stages',
          'convert.errors', 'convert.graphs', 'convert.checkpoint', 'convert', 'teach', 'run', 'tests']
# Layers side by side: neither imports the other.
APART = [('language', 'data'), ('language', 'scenes'), ('model', 'data'), ('model', 'language'), ('learning', 'export'), ('convert', 'stages'),
         ('convert', 'data'), ('convert', 'inference')]


def modules():
    """{module name within training: path}, tests of the converter left out: they are tests."""
    out = {}
    for folder, _, names in os.walk(ROOT):
        for name in names:
            if name.endswith('.py') and '__pycache__' not in folder:
                path = os.path.relpath(os.path.join(folder, name), ROOT)
                parts = path[:-3].split(os.sep)
                out['.'.join(parts[:-1] if parts[-1] == '__init__' else parts)] = os.path.join(ROOT, path)
    return out


def imports_of(name, path, known):
    """Modules of training that a module imports, also inside functions."""
    with open(path, encoding='utf-8') as f:
        tree = ast.parse(f.read())
    package = name.split('.') if path.endswith('__init__.py') else name.split('.')[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or '').startswith('training')):
            base = package[:len(package) - node.level + 1] if node.level else []
            module = '.'.join(base + [part for part in (node.module or '').split('.') if part and part != 'training'])
            for alias in node.names:
                whole = f'{module}.{alias.name}'.strip('.')
                yield whole if whole in known else module


def layer_of(name):
    if '.tests' in name or name.startswith('tests'):
        return 'tests'
    return max((layer for layer in LAYERS if name == layer or name.startswith(f'{layer}.')), key=len)


def graph():
    known = modules()
    return {name: {target for target in imports_of(name, path, known) if target and target != name} for name, path in known.items() if name}


def top(name):
    return layer_of(name).split('.')[0]


def upward(imports):
    return [f'{name} ({layer_of(name)}) imports {target} ({layer_of(target)})' for name, targets in sorted(imports.items()) for target in sorted(targets)
            if LAYERS.index(layer_of(target)) > LAYERS.index(layer_of(name))
            or {(top(name), top(target)), (top(target), top(name))} & set(APART)]


def circles(imports):
    """Strongly connected modules (Tarjan 1972), each as a sorted list."""
    order, low, stack, found = {}, {}, [], []

    def visit(name):
        order[name] = low[name] = len(order)
        stack.append(name)
        for target in imports.get(name, ()):
            if target not in order:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], order[target])
        if low[name] == order[name]:
            part = [stack.pop()]
            while part[-1] != name:
                part.append(stack.pop())
            if len(part) > 1:
                found.append(sorted(part))
    for name in sorted(imports):
        if name not in order:
            visit(name)
    return found


def test_imports_go_downward():
    assert not upward(graph()), 'see LAYERS'


def test_no_import_makes_a_circle():
    assert not circles(graph())


def test_the_checks_would_notice():
    imports = {'core.boxes': {'stages.boxes'}, 'stages.boxes': {'core.boxes'}, 'model.nadir': {'data.sets'}, 'data.sets': set()}
    assert upward(imports) == ['core.boxes (core) imports stages.boxes (stages)', 'model.nadir (model) imports data.sets (data)']
    assert circles(imports) == [['core.boxes', 'stages.boxes']]


def test_imports_are_read():
    imports = graph()
    assert 'core.names' in imports['model.teacher'] and 'export.parity' in imports['export.lora'] and len(imports) > 80
    assert {layer_of(name) for name in imports} == set(LAYERS), 'a layer without modules, or a package without a layer'


def test_folders_are_small():
    """A folder that can't be taken in at a glance should be divided."""
    for folder, _, names in os.walk(ROOT):
        if '__pycache__' not in folder:
            code = [name for name in names if name.endswith('.py') and name != '__init__.py']
            assert len(code) <= 13, f'{os.path.relpath(folder, ROOT)} holds {len(code)} modules'
