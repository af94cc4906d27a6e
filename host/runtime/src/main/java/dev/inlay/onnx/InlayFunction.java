// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The model-local functions of the domain {@code dev.inlay}, version 1: what a file says that ONNX's own operators on
 * codes cannot. They only decode weights or quantise activations; what computes with either is a standard node outside.
 * A body is made of standard operators of opset 21, so that any ONNX runtime computes the same numbers; a reader that
 * knows the function by its name needs no body.
 *
 * <p>Functions of coded weights read the codes of a constant, less the least code, as {@code planes}: UINT8
 * {@code [bits, ceil(elements / 8)]}, plane p having bit p of each code, the first of eight codes in the lowest bit.
 * {@code scales} is FLOAT32 of the weights' rank, every extent 1 but that of {@code axis} where there is one for each
 * index, or but for {@code axis} the weights' extents where {@code block} indices of it share one; {@code block} is 0
 * where they do not. {@code shape} is the weights' shape, INT64. Weights of several terms are a sum of functions.
 */
enum InlayFunction {
    /**
     * Whole numbers {@code low} to {@code high}: ternary weights (TWN), mantissas of block floating point with blocks of
     * scales that are powers of two, and fixed-point weights of widths that no type of ONNX has. Trained ternary
     * weights (TTQ) are such of -1 to 1 plus such of 0 to 1.
     */
    INTEGER_WEIGHTS("IntegerWeights", "planes scales shape", "low high axis block"),
    /**
     * Odd numbers {@code 2 code + 1} of {@code bits} bits: binary weights (BNN, XNOR-Net), which are of 1 bit, and those
     * of DoReFa. A sum of several is multi-base (ABC-Net) or residual (ReBNet).
     */
    ODD_WEIGHTS("OddWeights", "planes scales shape", "bits axis block"),
    /**
     * Zero and signed powers {@code 2^(i / root)}, i from 0 to {@code magnitudes - 1}, with root 1 or 2: LogNet, INQ.
     */
    LOGARITHMIC_WEIGHTS("LogarithmicWeights", "planes scales shape", "magnitudes root axis block"),
    /**
     * Weights that are zero but for {@code values}, a vector of FLOAT32. {@code runs} are the zeros before each, 0 to 15:
     * UINT8 {@code [ceil(values / 2)]}, the first of two in the lower half; longer runs have a zero among the values.
     */
    SPARSE_WEIGHTS("SparseWeights", "runs values shape", ""),
    /**
     * Weights of which {@code n} of {@code m} neighbours along {@code axis} are held: {@code values}, a vector of FLOAT32
     * for {@code [indices before the axis, groups, n, indices behind it]}, and in {@code planes} the place of each in its
     * group, rising; a group with fewer numbers holds zeros too.
     */
    N_OF_M_WEIGHTS("NofMWeights", "planes values shape", "n m axis"),
    /**
     * Numbers of {@code table}, FLOAT32 of 2 to 256 in rising order, code i naming the i-th: codebooks (Deep
     * Compression). Only as many bits are planes as tell the numbers apart.
     */
    TABLE_WEIGHTS("TableWeights", "planes table scales shape", "axis block"),
    /**
     * Blocks of {@code block} output by as many input channels, each circulant (CirCNN): {@code vectors} is FLOAT32
     * {@code [blocks of outputs, blocks of inputs, taps, block]}, and row r and column c of a block have the number
     * {@code (r - c) mod block} of its vector; {@code shape} is {@code [outputs, inputs, …]}.
     */
    BLOCK_CIRCULANT_WEIGHTS("BlockCirculantWeights", "vectors shape", "block"),
    /**
     * Numbers of {@code buckets}, FLOAT32 {@code [count]}, with signs that are hashes of where a weight lies
     * (HashedNets). Of a weight with index i along the first axis and row-major index j along the others the bucket is
     * {@code (6700417 i + 10368889 j + 4256233) mod 16777213 mod count}, and it is negated where
     * {@code (11930465 i + 3141593 j + 7654321) mod 16777213} is odd.
     */
    HASHED_WEIGHTS("HashedWeights", "buckets shape", ""),
    /**
     * What an output channel has of a block of input channels at one tap, one of the block's {@code centroids} (product
     * quantisation): FLOAT32 {@code [blocks, centroids, length]}. {@code planes} are of which, of
     * {@code [blocks, taps, outputs]}; {@code shape} is {@code [outputs, inputs, …]}.
     */
    PRODUCT_WEIGHTS("ProductWeights", "planes centroids shape", ""),
    /**
     * Planes of {@code bits} bits that another function reads, of codes of {@code shape} in a canonical Huffman code
     * (Deep Compression): {@code stream} is UINT8, code words without gaps, the first bit in the highest of the first
     * byte; {@code starts} the bit of each 1,024th code word, INT32; and {@code lengths} the bits of the code word of
     * each code less the least one, 0 to 12, in UINT8 as the runs of {@link #SPARSE_WEIGHTS}. Code words follow one
     * another in the order of their lengths, those of one length in the order of their codes. What fills up the last
     * byte of a plane means nothing.
     */
    HUFFMAN_PLANES("HuffmanPlanes", "stream starts lengths shape", "bits"),
    /** Runs for {@link #SPARSE_WEIGHTS}, as many as {@code shape} says, in the code of {@link #HUFFMAN_PLANES}. */
    HUFFMAN_RUNS("HuffmanRuns", "stream starts lengths shape", ""),
    /**
     * Activations as {@code scale * (code - zero)}, codes being {@code round(x / scale) + zero} cut to {@code low} to
     * {@code high}: fixed point of widths that QuantizeLinear with Clip cannot say.
     */
    QUANTIZE_INTEGERS("QuantizeIntegers", "x scale", "low high zero"),
    /** Activations as the nearest odd multiple of scale: binary ones are of 1 bit, and zero goes to +scale. */
    QUANTIZE_ODD("QuantizeOdd", "x scale", "bits"),
    /** Activations as zero or a signed power times scale, as weights of {@link #LOGARITHMIC_WEIGHTS}. */
    QUANTIZE_LOGARITHMIC("QuantizeLogarithmic", "x scale", "magnitudes root"),
    /**
     * Block floating point: {@code block} neighbouring channels share the exponent with which the largest of them fits
     * into {@code mantissa_bits} bits, sign included. {@code view} is INT64: the extents before the channels, of the
     * channels and after them.
     */
    QUANTIZE_BLOCK_FLOAT("QuantizeBlockFloat", "x view", "mantissa_bits block");

    static final String DOMAIN = "dev.inlay";
    static final int VERSION = 1;
    static final int OPSET = 21;

    private final String title;
    private final String inputs;
    private final String attributes;

    /**
     * @param inputs names, parted by spaces
     * @param attributes names, likewise; all are integers and given
     */
    InlayFunction(String title, String inputs, String attributes) {
        this.title = title;
        this.inputs = inputs;
        this.attributes = attributes;
    }

    /** The name in files. */
    String title() {
        return title;
    }

    /** How many inputs it has; all are given. */
    int inputs() {
        return words(inputs).size();
    }

    static Optional<InlayFunction> of(String title) {
        return Arrays.stream(values())
                .filter(function -> function.title.equals(title))
                .findFirst();
    }

    static List<String> titles() {
        return Arrays.stream(values()).map(InlayFunction::title).toList();
    }

    /** The function as a file holds it. */
    FunctionProto proto() {
        FunctionProto.Builder proto = FunctionProto.newBuilder()
                .setDomain(DOMAIN)
                .setName(title)
                .addAllInput(words(inputs))
                .addOutput("y")
                .addAllAttribute(words(attributes))
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET));
        FunctionBody body = new FunctionBody(proto);
        switch (this) {
            case INTEGER_WEIGHTS -> WeightBodies.integers(body);
            case ODD_WEIGHTS -> WeightBodies.odd(body);
            case LOGARITHMIC_WEIGHTS -> WeightBodies.logarithmic(body);
            case SPARSE_WEIGHTS -> WeightBodies.sparse(body);
            case N_OF_M_WEIGHTS -> WeightBodies.nOfM(body);
            case TABLE_WEIGHTS -> WeightBodies.table(body);
            case BLOCK_CIRCULANT_WEIGHTS -> WeightBodies.blockCirculant(body);
            case HASHED_WEIGHTS -> WeightBodies.hashed(body);
            case PRODUCT_WEIGHTS -> WeightBodies.product(body);
            case HUFFMAN_PLANES -> HuffmanBodies.planes(body);
            case HUFFMAN_RUNS -> HuffmanBodies.runs(body);
            case QUANTIZE_INTEGERS -> ActivationBodies.integers(body);
            case QUANTIZE_ODD -> ActivationBodies.odd(body);
            case QUANTIZE_LOGARITHMIC -> ActivationBodies.logarithmic(body);
            case QUANTIZE_BLOCK_FLOAT -> ActivationBodies.blockFloat(body);
        }
        return proto.build();
    }

    private static List<String> words(String names) {
        return names.isEmpty() ? List.of() : List.of(names.split(" ", -1));
    }
}
