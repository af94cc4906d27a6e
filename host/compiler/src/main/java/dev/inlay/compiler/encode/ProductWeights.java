// SPDX-License-Identifier: Apache-2.0
package dev.inlay.compiler.encode;

import dev.inlay.encoding.Encoded;
import dev.inlay.encoding.Product;
import dev.inlay.tensor.ElementType;
import dev.inlay.tensor.Shape;
import dev.inlay.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * Product quantisation, the centroids of each block of input channels found by k-means over what the output channels have
 * of it. Where the last block reaches past the last channel only the weights that exist count.
 *
 * @param length input channels of a block, 2 to 16
 * @param centroids of a block, 2 to 256
 * @param iterations most rounds of k-means, 0 to 1000; it ends where none moves
 */
public record ProductWeights(int length, int centroids, int iterations) implements WeightMethod {
    private static final long SEED = 1;

    public ProductWeights {
        Product.requireLength(length);
        Product.requireCentroids(centroids);
        WeightMethod.within("iterations", iterations, 0, 1000);
    }

    @Override
    public String title() {
        return "product";
    }

    @Override
    public Encoded encode(LayerWeights weights) {
        Shape codesShape = Product.placesOf(weights.shape(), weights.outputAxis(), length);
        int blocks = codesShape.size(0);
        int vectors = Math.toIntExact(codesShape.elements(1, 3));
        Tensor found = Tensor.allocate(ElementType.FLOAT32, Shape.of(blocks, centroids, length));
        Tensor codes = Tensor.allocate(ElementType.UINT8, codesShape);
        float[][] all = vectors(weights, codesShape);
        for (int block = 0; block < blocks; block++) {
            float[][] points = Arrays.copyOfRange(all, block * vectors, (block + 1) * vectors);
            float[][] centres = starts(points);
            int[] nearest = nearest(points, centres);
            for (int round = 0; round < iterations; round++) {
                centres = moved(points, nearest, centres);
                int[] next = nearest(points, centres);
                if (Arrays.equals(next, nearest)) {
                    break;
                }
                nearest = next;
            }
            for (int i = 0; i < vectors; i++) {
                codes.setLong((long) block * vectors + i, nearest[i]);
            }
            for (int i = 0; i < centroids * length; i++) {
                found.set((long) block * centroids * length + i, centres[i / length][i % length]);
            }
        }
        return new Product(weights.shape(), weights.outputAxis(), found, codes);
    }

    /** What each output channel has of each block at each tap, in the order of the codes. */
    private float[][] vectors(LayerWeights weights, Shape codes) {
        float[] values = weights.values();
        float[][] vectors = new float[Math.toIntExact(codes.elements())][length];
        int taps = codes.size(1);
        int second = weights.shape().size(1);
        for (int i = 0; i < values.length; i++) {
            int row = i / taps / second;
            int column = i / taps % second;
            int output = weights.outputAxis() == 0 ? row : column;
            int input = weights.outputAxis() == 0 ? column : row;
            int place = (input / length * taps + i % taps) * codes.size(2) + output;
            vectors[place][input % length] = values[i];
        }
        return vectors;
    }

    /** Vectors drawn with a fixed seed, none twice; zeros where there are too few. */
    private float[][] starts(float[][] points) {
        float[][] centres = new float[centroids][length];
        Random random = new Random(SEED);
        int[] order = new int[points.length];
        Arrays.setAll(order, i -> i);
        for (int i = 0; i < Math.min(centroids, order.length); i++) {
            int other = i + random.nextInt(order.length - i);
            int drawn = order[other];
            order[other] = order[i];
            centres[i] = points[drawn].clone();
        }
        return centres;
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = a[i] - (double) b[i];
            sum += difference * difference;
        }
        return sum;
    }

    private static int[] nearest(float[][] points, float[][] centres) {
        int[] nearest = new int[points.length];
        for (int i = 0; i < points.length; i++) {
            double least = Double.POSITIVE_INFINITY;
            for (int k = 0; k < centres.length; k++) {
                double distance = distance(points[i], centres[k]);
                if (distance < least) {
                    least = distance;
                    nearest[i] = k;
                }
            }
        }
        return nearest;
    }

    /** Each centroid goes to the mean of its vectors; one without any to the vector that is farthest from its own. */
    private static float[][] moved(float[][] points, int[] nearest, float[][] centres) {
        double[][] sums = new double[centres.length][centres[0].length];
        int[] counts = new int[centres.length];
        double[] distances = new double[points.length];
        for (int i = 0; i < points.length; i++) {
            counts[nearest[i]]++;
            distances[i] = distance(points[i], centres[nearest[i]]);
            for (int e = 0; e < points[i].length; e++) {
                sums[nearest[i]][e] += points[i][e];
            }
        }
        float[][] moved = new float[centres.length][];
        for (int k = 0; k < centres.length; k++) {
            moved[k] = centres[k].clone();
            if (counts[k] > 0) {
                for (int e = 0; e < moved[k].length; e++) {
                    moved[k][e] = (float) (sums[k][e] / counts[k]);
                }
                continue;
            }
            int farthest = 0;
            for (int i = 1; i < distances.length; i++) {
                farthest = distances[i] > distances[farthest] ? i : farthest;
            }
            if (distances[farthest] > 0) {
                moved[k] = points[farthest].clone();
                distances[farthest] = 0;
            }
        }
        return moved;
    }

    @Override
    public Map<String, Object> parameters(Encoded chosen) {
        return Map.of("length", length, "centroids", centroids);
    }
}
