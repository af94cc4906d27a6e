// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.cost;

import dev.inlay.encoding.Levels;
import dev.inlay.encoding.Quantizer;
import java.util.List;
import java.util.Optional;

/**
 * How the numbers of a network are held that is measured for its time alone.
 *
 * @param name what a user calls it: the formats of activations and weights
 * @param activations empty for floats
 * @param weights empty for floats
 */
public record TuningFormat(String name, Optional<Quantizer> activations, Optional<Levels> weights) {
    public static final TuningFormat F32 = new TuningFormat("f32*f32", Optional.empty(), Optional.empty());
    public static final TuningFormat BYTES = of("u8*s8", Levels.Integers.UNSIGNED_8, Levels.Integers.SIGNED_8);

    /** One format for every kernel that a carrier and its storages make, the two most used first. */
    public static final List<TuningFormat> ALL = List.of(
            F32,
            BYTES,
            of("u8*s4", Levels.Integers.UNSIGNED_8, Levels.Integers.symmetric(4)),
            of("u8*s2", Levels.Integers.UNSIGNED_8, Levels.Integers.TERNARY),
            of("u8*b1", Levels.Integers.UNSIGNED_8, Levels.Odd.BINARY),
            of("u8*l4", Levels.Integers.UNSIGNED_8, new Levels.Logarithmic(7, 1)),
            of("s16*s16", Levels.Integers.ofBits(16, true), Levels.Integers.symmetric(16)),
            of("t2*t2", Levels.Integers.TERNARY, Levels.Integers.TERNARY),
            of("b1*b1", Levels.Odd.BINARY, Levels.Odd.BINARY),
            of("p2*q2", Levels.Integers.ofBits(2, false), new Levels.Odd(2)),
            of("l8*l4", new Levels.Logarithmic(9, 1), new Levels.Logarithmic(7, 1)),
            weights("f32*s8", Levels.Integers.SIGNED_8),
            weights("f32*s4", Levels.Integers.symmetric(4)),
            weights("f32*c4", new Levels.Table(List.of(-2f, -0.9f, -0.3f, -0.1f, 0f, 0.2f, 0.4f, 1.1f, 1.7f))));

    private static TuningFormat of(String name, Levels activations, Levels weights) {
        return new TuningFormat(name, Optional.of(new Quantizer.Uniform(activations, 0.1f, 0)), Optional.of(weights));
    }

    private static TuningFormat weights(String name, Levels weights) {
        return new TuningFormat(name, Optional.empty(), Optional.of(weights));
    }

    @Override
    public String toString() {
        return name;
    }
}
