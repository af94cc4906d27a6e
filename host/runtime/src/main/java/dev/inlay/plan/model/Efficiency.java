// SPDX-License-Identifier: Apache-2.0
package dev.inlay.plan.model;

/**
 * How near a library of tuned kernels comes to a GPU's ceilings.
 *
 * @param compute of the peak that contractions reach when all lanes are busy, above 0 to 1
 * @param memory of the bandwidth that everything reaches, above 0 to 1
 * @param winograd multiply-adds that a 3 x 3 convolution of stride 1 saves: those of the definition over those done, from
 *     1, the definition itself, to 2.25, F(2 x 2, 3 x 3) without the cost of its transforms (Lavin and Gray, "Fast
 *     algorithms for convolutional neural networks", CVPR 2016)
 * @param lane outputs that a lane computes at once: fewer leave lanes without work
 */
public record Efficiency(double compute, double memory, double winograd, int lane) {
    /** The ceilings themselves. */
    public static final Efficiency CEILING = new Efficiency(1, 1, 1, 1);

    /**
     * Fitted to AlexNet, VGG16, ResNet-18 and ResNet-50 by cuDNN 5.1 on a GTX 1080 (github.com/jcjohnson/cnn-benchmarks,
     * commit 83d441f, forward, batch 16), each node a launch of its own as there.
     */
    public static final Efficiency GPU_LIBRARY = new Efficiency(0.65, 0.35, 2.25, 64);

    public Efficiency {
        if (!(compute > 0 && compute <= 1) || !(memory > 0 && memory <= 1) || !(winograd >= 1) || lane < 1) {
            throw new IllegalArgumentException("efficiency: got " + compute + " of the peak, " + memory
                    + " of the bandwidth, " + winograd + " by Winograd and " + lane
                    + " outputs a lane, expected shares up to 1 and factors from 1");
        }
    }
}
