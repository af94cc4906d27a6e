// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.inlay.graph.GraphException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The attributes of one node, each read under the type that its operator gives it. */
final class Attributes {
    private final Map<String, AttributeProto> attributes = new LinkedHashMap<>();
    private final TreeSet<String> unread = new TreeSet<>();

    Attributes(List<AttributeProto> protos) {
        for (AttributeProto proto : protos) {
            if (attributes.put(proto.getName(), proto) != null) {
                throw new IllegalArgumentException("got attribute " + proto.getName() + " twice, expected it once");
            }
            unread.add(proto.getName());
        }
    }

    /** Names of attributes that nothing has asked for. */
    List<String> unread() {
        return List.copyOf(unread);
    }

    boolean has(String name) {
        return attributes.containsKey(name);
    }

    Optional<Long> integer(String name) {
        return find(name, AttributeType.INT).map(AttributeProto::getI);
    }

    /** An integer attribute within bounds. */
    int integer(String name, int absent, int least, int most) {
        long number = integer(name).orElse((long) absent);
        if (number < least || number > most) {
            throw new IllegalArgumentException("got " + name + " " + number + ", expected " + least + " to " + most);
        }
        return (int) number;
    }

    /** An attribute that is 0 or 1. */
    boolean flag(String name, boolean absent) {
        return integer(name, absent ? 1 : 0, 0, 1) == 1;
    }

    float number(String name, float absent) {
        return find(name, AttributeType.FLOAT).map(AttributeProto::getF).orElse(absent);
    }

    Optional<List<Long>> integers(String name) {
        return find(name, AttributeType.INTS).map(AttributeProto::getIntsList);
    }

    /** {@code count} integers within bounds, {@code absent} of them each where the attribute is not given. */
    int[] integers(String name, int count, int absent, int least) {
        List<Long> given = integers(name).orElse(List.of());
        int[] numbers = new int[count];
        if (!given.isEmpty() && given.size() != count) {
            throw new IllegalArgumentException("got " + given.size() + " " + name + ", expected " + count);
        }
        for (int i = 0; i < count; i++) {
            long number = given.isEmpty() ? absent : given.get(i);
            if (number < least || number > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "got " + name + " " + number + ", expected " + least + " to " + Integer.MAX_VALUE);
            }
            numbers[i] = (int) number;
        }
        return numbers;
    }

    Optional<List<Float>> numbers(String name) {
        return find(name, AttributeType.FLOATS).map(AttributeProto::getFloatsList);
    }

    String text(String name, String absent) {
        return find(name, AttributeType.STRING)
                .map(proto -> proto.getS().toStringUtf8())
                .orElse(absent);
    }

    Optional<TensorProto> tensor(String name) {
        return find(name, AttributeType.TENSOR).map(AttributeProto::getT);
    }

    private Optional<AttributeProto> find(String name, AttributeType type) {
        AttributeProto proto = attributes.get(name);
        if (proto == null) {
            return Optional.empty();
        }
        unread.remove(name);
        if (!proto.getRefAttrName().isEmpty()) {
            throw new GraphException("attribute " + name + ": got a reference to an attribute of a function, expected "
                    + "a value outside functions");
        }
        if (proto.getType() != type) {
            throw new IllegalArgumentException(
                    "got attribute " + name + " of type " + proto.getType() + ", expected " + type);
        }
        return Optional.of(proto);
    }
}
