// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/**
 * How a build ended.
 *
 * @param status what clBuildProgram answered
 * @param log all that the compiler said, empty when it was silent; warnings come with a success
 */
public record BuildResult(ClStatus status, String log) {
    public boolean succeeded() {
        return status.succeeded();
    }
}
