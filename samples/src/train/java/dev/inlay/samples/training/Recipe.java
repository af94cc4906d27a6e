// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

/**
 * How a network is trained.
 *
 * @param epochs passes over the training images
 * @param batch images per step
 * @param peakRate the learning rate after warm-up
 * @param weightDecay decoupled decay per step, as a part of the learning rate
 * @param smoothing the part of a target's mass that is spread over all classes, 0 to below 1
 * @param augmentation what is done to an image each time that it is drawn
 */
record Recipe(int epochs, int batch, float peakRate, float weightDecay, float smoothing, Augmentation augmentation) {
    Recipe withEpochs(int other) {
        return new Recipe(other, batch, peakRate, weightDecay, smoothing, augmentation);
    }
}
