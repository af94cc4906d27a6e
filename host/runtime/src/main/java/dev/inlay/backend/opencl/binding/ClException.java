// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/** OpenCL refused a call. */
public final class ClException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final ClStatus status;

    /**
     * @param call the OpenCL function, for example {@code clEnqueueNDRangeKernel}
     * @param status what it answered
     */
    public ClException(String call, ClStatus status) {
        super(call + " answered " + status + ", expected CL_SUCCESS");
        this.call = call;
        this.status = status;
    }

    /** Throws unless {@code status} is CL_SUCCESS. */
    public static void check(String call, int status) {
        if (status != 0) {
            throw new ClException(call, new ClStatus(status));
        }
    }

    /** The OpenCL function, for example {@code clEnqueueNDRangeKernel}. */
    public String call() {
        return call;
    }

    public ClStatus status() {
        return status;
    }
}
