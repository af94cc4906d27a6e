// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.calibrate;

import dev.inlay.tensor.Tensor;
import java.util.Iterator;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Inputs of a network that are like those it will see.
 *
 * @param batches how many runs, at least 1
 * @param batch the inputs of one run by name, for runs 0 to {@code batches - 1}
 */
public record CalibrationData(int batches, IntFunction<Map<String, Tensor>> batch)
        implements Iterable<Map<String, Tensor>> {
    public CalibrationData {
        if (batches < 1) {
            throw new IllegalArgumentException("calibration: got " + batches + " batches, expected at least 1");
        }
    }

    @Override
    public Iterator<Map<String, Tensor>> iterator() {
        return IntStream.range(0, batches).mapToObj(batch).iterator();
    }
}
