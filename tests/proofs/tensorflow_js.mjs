// TensorFlow.js executes the graph of a SavedModel and gives Cornu's predictions. The SavedModel is turned into the JSON
// form here: calls of functions are replaced by their bodies, variables by their values from the tensor bundle.
// usage: node tensorflow_js.mjs PROTO_PATH DIRECTORY      (needs @tensorflow/tfjs and protobufjs; else 77: skipped)
import {readdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';

const [protoPath, directory] = process.argv.slice(2);
const places = [process.cwd(), process.env.CORNU_NODE_MODULES ?? ''].filter(Boolean).map((p) => path.join(p, 'x.js'));
function load(name) {
  for (const place of places) {
    try {
      return createRequire(place)(name);
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  console.log(`skipped: the npm package ${name} is not installed`);
  process.exit(77);
}
const protobuf = load('protobufjs');
const tf = load('@tensorflow/tfjs');

const root = new protobuf.Root();
root.resolvePath = (origin, target) => path.isAbsolute(target) ? target : path.join(protoPath, target);
root.loadSync(path.join(protoPath, 'proto/saved_model.proto'), {keepCase: true});
root.loadSync(path.join(protoPath, 'proto/tensor_bundle.proto'), {keepCase: true});
const messageOf = (name, bytes) => {
  const type = root.lookupType(`cornu.proto.${name}`);
  return type.toObject(type.decode(bytes), {longs: Number, enums: String, bytes: Buffer});
};

// ---- the tensor bundle ------------------------------------------------------------------------------------------

function varint(bytes, at) {
  let value = 0, factor = 1, byte;
  do {
    byte = bytes[at++];
    value += (byte & 127) * factor;
    factor *= 128;
  } while (byte & 128);
  return [value, at];
}

/// The entries of a block of LevelDB's table; keys share their beginnings.
function blockEntries(block) {
  const entries = [], restarts = block.readUInt32LE(block.length - 4);
  let key = Buffer.alloc(0);
  for (let at = 0; at < block.length - 4 - 4 * restarts;) {
    let shared, unshared, size;
    [shared, at] = varint(block, at);
    [unshared, at] = varint(block, at);
    [size, at] = varint(block, at);
    key = Buffer.concat([key.subarray(0, shared), block.subarray(at, at + unshared)]);
    at += unshared;
    entries.push([key.toString(), block.subarray(at, at + size)]);
    at += size;
  }
  return entries;
}

function blockAt(file, handle, position = 0) {
  const [offset, next] = varint(handle, position), [size, end] = varint(handle, next);
  if (file[offset + size] !== 0) throw new Error('a block of the index is compressed');
  return [file.subarray(offset, offset + size), end];
}

function readBundle(prefix) {
  const file = readFileSync(prefix + '.index'), data = readFileSync(prefix + '.data-00000-of-00001');
  const footer = file.subarray(file.length - 48);
  const [, afterMeta] = blockAt(file, footer);
  const [index] = blockAt(file, footer, afterMeta);
  const values = new Map();
  for (const [, handle] of blockEntries(index))
    for (const [key, bytes] of blockEntries(blockAt(file, handle)[0])) {
      if (key === '') continue;
      const entry = messageOf('BundleEntryProto', bytes);
      const offset = entry.offset ?? 0;
      values.set(key, {...entry, bytes: data.subarray(offset, offset + entry.size)});
    }
  return values;
}

// ---- the graph --------------------------------------------------------------------------------------------------

const shapeOf = (message) => (message?.dim ?? []).map((dimension) => dimension.size ?? 0);
const dtypeNames = {DT_FLOAT: 'float32', DT_INT32: 'int32', DT_BOOL: 'bool'};

class Converter {
  constructor(meta, variables) {
    this.functions = new Map(meta.graph_def.library.function.map((f) => [f.signature.name, f]));
    this.variables = variables;  // values by the handles' names
    this.nodes = [];
    this.weights = [];
    this.count = 0;
  }

  addWeight(name, dtype, shape, bytes) {
    this.weights.push({name, dtype: dtypeNames[dtype], shape, bytes});
    this.nodes.push({name, op: 'Const', input: [], attr: {dtype: {type: dtype}}});
    return name;
  }

  /// Puts the body of a function into the graph; what it gives.
  inline(name, args) {
    const body = this.functions.get(name), prefix = `f${this.count++}/`, values = new Map();
    body.signature.input_arg.forEach((arg, i) => values.set(arg.name, [args[i]]));
    for (const node of body.node_def ?? []) {
      const inputs = (node.input ?? []).filter((input) => input[0] !== '^').map((input) => {
        const [from, , number] = input.split(':');
        return values.get(from)[Number(number ?? 0)];
      });
      values.set(node.name, this.add(node, prefix + node.name, inputs));
    }
    return body.signature.output_arg.map((output) => values.get(body.ret[output.name].split(':')[0])[0]);
  }

  add(node, name, inputs) {
    if (node.op === 'NoOp') return [];
    if (node.op.endsWith('PartitionedCall')) return this.inline(node.attr.f.func.name, inputs);
    if (node.op === 'ReadVariableOp') {
      const {dtype, shape, bytes} = this.variables.get(inputs[0]);
      return [this.addWeight(name, dtype, shapeOf(shape), bytes)];
    }
    if (node.op === 'Const') {
      const {dtype, tensor_shape: shape, tensor_content: bytes, int_val, float_val, bool_val} = node.attr.value.tensor;
      const element = int_val ? Int32Array.from(int_val) : float_val ? Float32Array.from(float_val) : Uint8Array.from(bool_val ?? []);
      return [this.addWeight(name, dtype, shapeOf(shape), bytes ?? Buffer.from(element.buffer))];
    }
    this.nodes.push({name, op: node.op, input: inputs, attr: node.attr ?? {}});
    return [name];
  }
}

/// The variables' values by the names of their handles, which the objects have.
function variablesOf(meta, folder) {
  const bundle = readBundle(path.join(folder, 'variables/variables')), variables = new Map();
  const visit = (id, names) => {
    const object = meta.object_graph_def.nodes[id];
    if (object.variable) variables.set(object.variable.name, bundle.get([...names, '.ATTRIBUTES/VARIABLE_VALUE'].join('/')));
    for (const child of object.children ?? []) visit(child.node_id, [...names, child.local_name]);
  };
  visit(0, []);
  return variables;
}

async function predict(folder, x) {
  const meta = messageOf('SavedModel', readFileSync(path.join(folder, 'saved_model.pb'))).meta_graphs[0];
  const signature = meta.signature_def.serving_default, input = signature.inputs.inputs.name.split(':')[0];
  const converter = new Converter(meta, variablesOf(meta, folder));
  const nodes = new Map(meta.graph_def.node.map((node) => [node.name, node]));
  const call = nodes.get(signature.outputs.output_0.name.split(':')[0]), placeholder = nodes.get(input);
  const shape = {dim: shapeOf(placeholder.attr.shape.shape).map((size) => ({size: String(size)}))};
  converter.nodes.push({name: input, op: 'Placeholder', input: [], attr: {dtype: {type: 'DT_FLOAT'}, shape: {shape}}});
  const [output] = converter.add(call, call.name, call.input);
  const weightData = Buffer.concat(converter.weights.map((weight) => weight.bytes));
  const model = await tf.loadGraphModel(tf.io.fromMemory({
    modelTopology: {node: converter.nodes, versions: {producer: 1395}},
    weightSpecs: converter.weights.map(({name, dtype, shape}) => ({name, dtype, shape})),
    weightData: weightData.buffer.slice(weightData.byteOffset, weightData.byteOffset + weightData.length),
  }));
  return model.execute({[input]: x}, output).dataSync();
}

// ---- the proof --------------------------------------------------------------------------------------------------

function readNpy(file) {
  const bytes = readFileSync(file), size = bytes.readUInt16LE(8), header = bytes.toString('latin1', 10, 10 + size);
  const shape = header.match(/\(([^)]*)\)/)[1].split(',').filter((text) => text.trim()).map(Number);
  return {shape, values: new Float32Array(bytes.buffer.slice(bytes.byteOffset + 10 + size, bytes.byteOffset + bytes.length))};
}

await tf.setBackend('cpu');
let failed = false;
for (const name of readdirSync(directory)) {
  const folder = path.join(directory, name), x = readNpy(path.join(folder, 'x.npy')), y = readNpy(path.join(folder, 'y.npy'));
  const received = await predict(path.join(folder, 'saved_model'), tf.tensor(x.values, x.shape));
  const worst = y.values.reduce((most, value, i) => Math.max(most, Math.abs(value - received[i])), 0);
  console.log(`${folder}: predictions of TensorFlow.js differ by ${worst.toExponential(1)} at most`);
  failed ||= received.length !== y.values.length || !(worst < 1e-5);
}
process.exit(failed ? 1 : 0);
