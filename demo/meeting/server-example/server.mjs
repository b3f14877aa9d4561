// @ts-check
/**
 * A server around the handler. Credentials come from where the AWS SDK looks for them: the role of the machine or the
 * function, or the environment.
 *
 *   AWS_REGION=eu-central-1 node demo/meeting/server-example/server.mjs
 */
import { createServer } from 'node:http';
import { ChimeSDKMeetingsClient } from '@aws-sdk/client-chime-sdk-meetings';
import { Meetings, createJoinHandler } from './join-meeting.mjs';

const region = process.env.AWS_REGION;
if (!region) throw new Error('Set AWS_REGION to a region with Amazon Chime SDK meetings, such as eu-central-1');

const meetings = new Meetings({ client: new ChimeSDKMeetingsClient({ region }), mediaRegion: region });

/**
 * To be replaced by the app's own sign-in: this one lets nobody in.
 *
 * @returns {Promise<import('./join-meeting.mjs').User | null>}
 */
const identify = async () => null;

createServer(createJoinHandler({ meetings, identify })).listen(Number(process.env.PORT ?? 3000));
