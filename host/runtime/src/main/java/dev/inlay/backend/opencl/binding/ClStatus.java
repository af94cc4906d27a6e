// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding;

import static java.util.Map.entry;

import java.io.Serializable;
import java.util.Map;

/**
 * A status code of OpenCL.
 *
 * @param code zero for success, otherwise negative
 */
public record ClStatus(int code) implements Serializable {
    public static final ClStatus SUCCESS = new ClStatus(0);
    public static final ClStatus DEVICE_NOT_FOUND = new ClStatus(-1);
    public static final ClStatus MEM_OBJECT_ALLOCATION_FAILURE = new ClStatus(-4);
    public static final ClStatus OUT_OF_RESOURCES = new ClStatus(-5);
    public static final ClStatus OUT_OF_HOST_MEMORY = new ClStatus(-6);
    public static final ClStatus BUILD_PROGRAM_FAILURE = new ClStatus(-11);
    public static final ClStatus KERNEL_ARG_INFO_NOT_AVAILABLE = new ClStatus(-19);
    public static final ClStatus INVALID_VALUE = new ClStatus(-30);
    public static final ClStatus INVALID_BINARY = new ClStatus(-42);
    public static final ClStatus INVALID_OPERATION = new ClStatus(-59);
    public static final ClStatus PLATFORM_NOT_FOUND = new ClStatus(-1001);

    // Source: the Khronos headers CL/cl.h and CL/cl_ext.h.
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            entry(0, "CL_SUCCESS"),
            entry(-1, "CL_DEVICE_NOT_FOUND"),
            entry(-2, "CL_DEVICE_NOT_AVAILABLE"),
            entry(-3, "CL_COMPILER_NOT_AVAILABLE"),
            entry(-4, "CL_MEM_OBJECT_ALLOCATION_FAILURE"),
            entry(-5, "CL_OUT_OF_RESOURCES"),
            entry(-6, "CL_OUT_OF_HOST_MEMORY"),
            entry(-7, "CL_PROFILING_INFO_NOT_AVAILABLE"),
            entry(-8, "CL_MEM_COPY_OVERLAP"),
            entry(-9, "CL_IMAGE_FORMAT_MISMATCH"),
            entry(-10, "CL_IMAGE_FORMAT_NOT_SUPPORTED"),
            entry(-11, "CL_BUILD_PROGRAM_FAILURE"),
            entry(-12, "CL_MAP_FAILURE"),
            entry(-13, "CL_MISALIGNED_SUB_BUFFER_OFFSET"),
            entry(-14, "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST"),
            entry(-15, "CL_COMPILE_PROGRAM_FAILURE"),
            entry(-16, "CL_LINKER_NOT_AVAILABLE"),
            entry(-17, "CL_LINK_PROGRAM_FAILURE"),
            entry(-18, "CL_DEVICE_PARTITION_FAILED"),
            entry(-19, "CL_KERNEL_ARG_INFO_NOT_AVAILABLE"),
            entry(-30, "CL_INVALID_VALUE"),
            entry(-31, "CL_INVALID_DEVICE_TYPE"),
            entry(-32, "CL_INVALID_PLATFORM"),
            entry(-33, "CL_INVALID_DEVICE"),
            entry(-34, "CL_INVALID_CONTEXT"),
            entry(-35, "CL_INVALID_QUEUE_PROPERTIES"),
            entry(-36, "CL_INVALID_COMMAND_QUEUE"),
            entry(-37, "CL_INVALID_HOST_PTR"),
            entry(-38, "CL_INVALID_MEM_OBJECT"),
            entry(-39, "CL_INVALID_IMAGE_FORMAT_DESCRIPTOR"),
            entry(-40, "CL_INVALID_IMAGE_SIZE"),
            entry(-41, "CL_INVALID_SAMPLER"),
            entry(-42, "CL_INVALID_BINARY"),
            entry(-43, "CL_INVALID_BUILD_OPTIONS"),
            entry(-44, "CL_INVALID_PROGRAM"),
            entry(-45, "CL_INVALID_PROGRAM_EXECUTABLE"),
            entry(-46, "CL_INVALID_KERNEL_NAME"),
            entry(-47, "CL_INVALID_KERNEL_DEFINITION"),
            entry(-48, "CL_INVALID_KERNEL"),
            entry(-49, "CL_INVALID_ARG_INDEX"),
            entry(-50, "CL_INVALID_ARG_VALUE"),
            entry(-51, "CL_INVALID_ARG_SIZE"),
            entry(-52, "CL_INVALID_KERNEL_ARGS"),
            entry(-53, "CL_INVALID_WORK_DIMENSION"),
            entry(-54, "CL_INVALID_WORK_GROUP_SIZE"),
            entry(-55, "CL_INVALID_WORK_ITEM_SIZE"),
            entry(-56, "CL_INVALID_GLOBAL_OFFSET"),
            entry(-57, "CL_INVALID_EVENT_WAIT_LIST"),
            entry(-58, "CL_INVALID_EVENT"),
            entry(-59, "CL_INVALID_OPERATION"),
            entry(-60, "CL_INVALID_GL_OBJECT"),
            entry(-61, "CL_INVALID_BUFFER_SIZE"),
            entry(-62, "CL_INVALID_MIP_LEVEL"),
            entry(-63, "CL_INVALID_GLOBAL_WORK_SIZE"),
            entry(-64, "CL_INVALID_PROPERTY"),
            entry(-65, "CL_INVALID_IMAGE_DESCRIPTOR"),
            entry(-66, "CL_INVALID_COMPILER_OPTIONS"),
            entry(-67, "CL_INVALID_LINKER_OPTIONS"),
            entry(-68, "CL_INVALID_DEVICE_PARTITION_COUNT"),
            entry(-69, "CL_INVALID_PIPE_SIZE"),
            entry(-70, "CL_INVALID_DEVICE_QUEUE"),
            entry(-71, "CL_INVALID_SPEC_ID"),
            entry(-72, "CL_MAX_SIZE_RESTRICTION_EXCEEDED"),
            entry(-1001, "CL_PLATFORM_NOT_FOUND_KHR"),
            entry(-1057, "CL_DEVICE_PARTITION_FAILED_EXT"),
            entry(-1058, "CL_INVALID_PARTITION_COUNT_EXT"));

    public boolean succeeded() {
        return code == 0;
    }

    /** The CL_ name; {@code CL_UNKNOWN} for a code that only its vendor knows. */
    public String name() {
        return NAMES.getOrDefault(code, "CL_UNKNOWN");
    }

    @Override
    public String toString() {
        return name() + " (" + code + ")";
    }
}
