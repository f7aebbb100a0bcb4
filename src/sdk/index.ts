export { generateSdk, type SdkOptions } from './generate-sdk.js';
