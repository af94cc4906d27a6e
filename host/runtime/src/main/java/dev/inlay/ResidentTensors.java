// SPDX-License-Identifier: Apache-2.0
package dev.inlay;

import dev.inlay.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The outputs of {@link Session#runResident}, by name, in the graph's order; closing closes each. */
public final class ResidentTensors implements AutoCloseable {
    private final Map<String, ResidentTensor> tensors;

    ResidentTensors(Map<String, ResidentTensor> tensors) {
        this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    public Map<String, ResidentTensor> all() {
        return tensors;
    }

    /**
     * The output of a name.
     *
     * @throws UsageException if there is none
     */
    public ResidentTensor get(String name) {
        ResidentTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new UsageException("output: got \"" + name + "\", expected one of " + tensors.keySet());
        }
        return tensor;
    }

    /** A new host tensor for every output. */
    public Map<String, Tensor> read() {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> copies.put(name, tensor.read()));
        return copies;
    }

    @Override
    public void close() {
        closeAll(tensors.values());
    }

    /** Closes every one, also when one fails; throws the first failure with the others suppressed. */
    static void closeAll(Iterable<ResidentTensor> tensors) {
        DeviceException failure = null;
        for (ResidentTensor tensor : tensors) {
            try {
                tensor.close();
            } catch (DeviceException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
