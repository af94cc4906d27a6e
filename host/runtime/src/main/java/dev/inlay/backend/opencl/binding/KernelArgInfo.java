// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

/**
 * How a kernel declares one of its arguments.
 *
 * @param name the parameter's name
 * @param space where it points to, {@code PRIVATE} for a plain value
 * @param typeName the declared type without qualifiers, for example {@code float*}
 */
public record KernelArgInfo(String name, Space space, String typeName) {
    /** An address space. */
    public enum Space {
        GLOBAL,
        LOCAL,
        CONSTANT,
        PRIVATE;

        private static final int CL_KERNEL_ARG_ADDRESS_GLOBAL = 0x119B;

        /**
         * For bindings.
         *
         * @throws IllegalArgumentException for a code that is no address qualifier
         */
        public static Space of(int code) {
            int index = code - CL_KERNEL_ARG_ADDRESS_GLOBAL;
            if (index < 0 || index >= values().length) {
                throw new IllegalArgumentException(
                        "got address qualifier 0x%x, expected 0x119b to 0x119e".formatted(code));
            }
            return values()[index];
        }
    }
}
