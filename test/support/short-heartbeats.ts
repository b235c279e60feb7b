/** Part of a workflow bundle: a killed worker is missed after five seconds, and its activities are tried again at once. */
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** Activities send a heartbeat every three seconds. */
const HEARTBEAT_TIMEOUT = '5s';

export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity: (input, next) =>
        next({
          ...input,
          options: {
            ...input.options,
            heartbeatTimeout: HEARTBEAT_TIMEOUT,
            retry: { maximumInterval: '1s' },
          },
        }),
    },
  ],
});
