// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.HuffmanCoded;
import java.util.Map;
import java.util.Optional;

/**
 * Weights whose codes and runs of zeros are in a Huffman code on disk where that is shorter: Han, Mao and Dally, "Deep
 * Compression" (ICLR 2016), section 4.
 *
 * @param of how they are held
 */
public record HuffmanStored(WeightMethod of) implements WeightMethod {
    public HuffmanStored {
        boolean coded = of instanceof Pruned || (of instanceof CodeMethod && !isBinary(of));
        if (!coded) {
            throw new IllegalArgumentException(
                    "storage: got huffman of " + of.title() + " weights, expected codes of 2 bits or more, or pruning");
        }
    }

    private static boolean isBinary(WeightMethod method) {
        return method instanceof Binary || method instanceof MultiBase;
    }

    @Override
    public String title() {
        return of.title() + ", Huffman";
    }

    @Override
    public Encoded encode(LayerWeights weights) {
        return new HuffmanCoded(of.encode(weights));
    }

    @Override
    public Optional<Pruned> pruned() {
        return of.pruned();
    }

    @Override
    public WeightMethod withPruning(Pruning changed) {
        return new HuffmanStored(of.withPruning(changed));
    }

    @Override
    public Map<String, Object> parameters(Encoded chosen) {
        return of.parameters(((HuffmanCoded) chosen).of());
    }
}
