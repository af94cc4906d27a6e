// SPDX-License-Identifier: Apache-2.0
package dev.inlay.backend.opencl.binding.lwjgl;

import static dev.inlay.backend.opencl.binding.ClException.check;
import static dev.inlay.backend.opencl.binding.lwjgl.LwjglCalls.addresses;
import static dev.inlay.backend.opencl.binding.lwjgl.LwjglCalls.ask;
import static dev.inlay.backend.opencl.binding.lwjgl.LwjglCalls.handle;
import static org.lwjgl.opencl.CL10.*;
import static org.lwjgl.opencl.CL12.nclGetKernelArgInfo;
import static org.lwjgl.system.MemoryUtil.NULL;
import static org.lwjgl.system.MemoryUtil.memGetInt;

import dev.inlay.backend.opencl.binding.ClDevice;
import dev.inlay.backend.opencl.binding.ClEvent;
import dev.inlay.backend.opencl.binding.ClKernel;
import dev.inlay.backend.opencl.binding.ClPlatform;
import dev.inlay.backend.opencl.binding.ClProgram;
import dev.inlay.backend.opencl.binding.ClStatus;
import dev.inlay.backend.opencl.binding.NativeApi;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.lwjgl.system.MemoryStack;

/** The {@code clGet…} functions over LWJGL. */
abstract class LwjglQueries extends NativeApi {
    @Override
    public List<ClPlatform> platforms() {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            long count = stack.ncalloc(4, 1, 4);
            int status = nclGetPlatformIDs(0, NULL, count);
            if (status == ClStatus.PLATFORM_NOT_FOUND.code()) {
                return List.of();
            }
            check("clGetPlatformIDs", status);
            int n = memGetInt(count);
            long ids = stack.ncalloc(8, Math.max(1, n), 8);
            check("clGetPlatformIDs", nclGetPlatformIDs(n, ids, NULL));
            return addresses(ids, n).<ClPlatform>mapToObj(ClPlatform::new).toList();
        }
    }

    @Override
    public List<ClDevice> devices(ClPlatform platform) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            long count = stack.ncalloc(4, 1, 4);
            int status = nclGetDeviceIDs((long) platform.peer(), CL_DEVICE_TYPE_ALL, 0, NULL, count);
            if (status == ClStatus.DEVICE_NOT_FOUND.code() || (status == 0 && memGetInt(count) == 0)) {
                return List.of();
            }
            check("clGetDeviceIDs", status);
            int n = memGetInt(count);
            long ids = stack.ncalloc(8, n, 8);
            check("clGetDeviceIDs", nclGetDeviceIDs((long) platform.peer(), CL_DEVICE_TYPE_ALL, n, ids, NULL));
            return addresses(ids, n).<ClDevice>mapToObj(ClDevice::new).toList();
        }
    }

    @Override
    protected MemorySegment askPlatform(ClPlatform platform, int code) {
        return ask(
                "clGetPlatformInfo",
                (size, value, needed) -> nclGetPlatformInfo((long) platform.peer(), code, size, value, needed));
    }

    @Override
    protected MemorySegment askDevice(ClDevice device, int code) {
        return ask(
                "clGetDeviceInfo",
                (size, value, needed) -> nclGetDeviceInfo(handle(device), code, size, value, needed));
    }

    @Override
    protected MemorySegment askBuild(ClProgram program, ClDevice device, int code) {
        return ask(
                "clGetProgramBuildInfo",
                (size, value, needed) ->
                        nclGetProgramBuildInfo(handle(program), handle(device), code, size, value, needed));
    }

    @Override
    protected MemorySegment askKernel(ClKernel kernel, int code) {
        return ask(
                "clGetKernelInfo",
                (size, value, needed) -> nclGetKernelInfo(handle(kernel), code, size, value, needed));
    }

    @Override
    protected MemorySegment askKernelArg(ClKernel kernel, int index, int code) {
        return ask(
                "clGetKernelArgInfo",
                (size, value, needed) -> nclGetKernelArgInfo(handle(kernel), index, code, size, value, needed));
    }

    @Override
    protected MemorySegment askWorkGroup(ClKernel kernel, ClDevice device, int code) {
        return ask(
                "clGetKernelWorkGroupInfo",
                (size, value, needed) ->
                        nclGetKernelWorkGroupInfo(handle(kernel), handle(device), code, size, value, needed));
    }

    @Override
    protected MemorySegment askEvent(ClEvent event, int code) {
        return ask(
                "clGetEventInfo", (size, value, needed) -> nclGetEventInfo(handle(event), code, size, value, needed));
    }

    @Override
    protected MemorySegment askProfile(ClEvent event, int code) {
        return ask(
                "clGetEventProfilingInfo",
                (size, value, needed) -> nclGetEventProfilingInfo(handle(event), code, size, value, needed));
    }
}
