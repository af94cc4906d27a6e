// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.oracle;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.inlay.graph.GraphException;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A model opened by ONNX Runtime on the processor, with one thread per available processor. */
public final class OnnxRuntimeModel implements AutoCloseable {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private boolean closed;

    private OnnxRuntimeModel(OrtEnvironment environment, OrtSession session) {
        this.environment = environment;
        this.session = session;
    }

    private interface Opening {
        OrtSession open(OrtEnvironment environment, SessionOptions options) throws OrtException;
    }

    /** The model computed node by node as it is written. */
    public static OnnxRuntimeModel plain(Path file) {
        return open(
                OptLevel.NO_OPT,
                file.toString(),
                (environment, options) -> environment.createSession(file.toString(), options));
    }

    /** As {@link #plain(Path)}, of a model in memory. */
    public static OnnxRuntimeModel plain(byte[] model) {
        return open(OptLevel.NO_OPT, "model", (environment, options) -> environment.createSession(model, options));
    }

    /** The model with every optimisation that ONNX Runtime knows. */
    public static OnnxRuntimeModel optimised(Path file) {
        return open(
                OptLevel.ALL_OPT,
                file.toString(),
                (environment, options) -> environment.createSession(file.toString(), options));
    }

    private static OnnxRuntimeModel open(OptLevel level, String what, Opening opening) {
        try (SessionOptions options = new SessionOptions()) {
            OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            options.setOptimizationLevel(level);
            options.setIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
            options.setInterOpNumThreads(1);
            return new OnnxRuntimeModel(environment, opening.open(environment, options));
        } catch (OrtException e) {
            throw new GraphException(what + ": ONNX Runtime does not open it: " + e.getMessage(), e);
        }
    }

    /** ONNX Runtime's version. */
    public static String version() {
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR)
                .getVersion();
    }

    /** Outputs by name, in the model's order, in memory of their own. */
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
        try (Prepared prepared = prepare(inputs)) {
            return prepared.run();
        }
    }

    /** Inputs handed over once, for many runs; the tensors must not change meanwhile. */
    public Prepared prepare(Map<String, Tensor> inputs) {
        Map<String, OnnxTensor> handed = new LinkedHashMap<>();
        try {
            for (var input : inputs.entrySet()) {
                handed.put(input.getKey(), toOnnx(input.getValue()));
            }
        } catch (OrtException e) {
            handed.values().forEach(OnnxTensor::close);
            throw failed(e);
        }
        return new Prepared(handed);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            session.close();
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    /** A set of inputs that ONNX Runtime holds. */
    public final class Prepared implements AutoCloseable {
        private final Map<String, OnnxTensor> inputs;

        private Prepared(Map<String, OnnxTensor> inputs) {
            this.inputs = inputs;
        }

        /** Computes the outputs and copies them out. */
        public Map<String, Tensor> run() {
            try (OrtSession.Result result = session.run(inputs)) {
                Map<String, Tensor> outputs = new LinkedHashMap<>();
                for (Map.Entry<String, OnnxValue> output : result) {
                    if (!(output.getValue() instanceof OnnxTensor tensor)) {
                        throw new GraphException("output \"" + output.getKey() + "\": got "
                                + output.getValue().getType() + ", expected a tensor");
                    }
                    outputs.put(output.getKey(), fromOnnx(tensor));
                }
                return outputs;
            } catch (OrtException e) {
                throw failed(e);
            }
        }

        @Override
        public void close() {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static GraphException failed(OrtException e) {
        return new GraphException("ONNX Runtime: " + e.getMessage(), e);
    }

    private OnnxTensor toOnnx(Tensor tensor) throws OrtException {
        ByteBuffer bytes = tensor.data().asByteBuffer().order(ByteOrder.nativeOrder());
        return OnnxTensor.createTensor(environment, bytes, tensor.shape().toArray(), toOnnx(tensor.type()));
    }

    private static Tensor fromOnnx(OnnxTensor value) {
        ElementType type = fromOnnx(value.getInfo().type);
        Tensor tensor = Tensor.allocate(type, Shape.of(value.getInfo().getShape()));
        tensor.data().copyFrom(MemorySegment.ofBuffer(value.getByteBuffer()));
        return tensor;
    }

    private static OnnxJavaType toOnnx(ElementType type) {
        return switch (type) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case FLOAT64 -> OnnxJavaType.DOUBLE;
            case INT8 -> OnnxJavaType.INT8;
            case UINT8 -> OnnxJavaType.UINT8;
            case INT32 -> OnnxJavaType.INT32;
            case INT64 -> OnnxJavaType.INT64;
            case BOOL -> OnnxJavaType.BOOL;
        };
    }

    private static ElementType fromOnnx(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> ElementType.FLOAT32;
            case DOUBLE -> ElementType.FLOAT64;
            case INT8 -> ElementType.INT8;
            case UINT8 -> ElementType.UINT8;
            case INT32 -> ElementType.INT32;
            case INT64 -> ElementType.INT64;
            case BOOL -> ElementType.BOOL;
            case INT16, FLOAT16, BFLOAT16, STRING, UNKNOWN ->
                throw new GraphException("ONNX Runtime: got an output of " + type + ", expected one of FLOAT, DOUBLE, "
                        + "INT8, UINT8, INT32, INT64, BOOL");
        };
    }
}
