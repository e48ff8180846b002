// Entities of what people administer: few rows, changed one at a time. Everything events touch is written set-based instead.
import { ApiKeyEntity } from './api-key.entity.js';
import { CarrierEndpointEntity } from './carrier-endpoint.entity.js';
import { RecipientEntity } from './recipient.entity.js';
import { TenantEntity } from './tenant.entity.js';

export { ApiKeyEntity, CarrierEndpointEntity, RecipientEntity, TenantEntity };

export const ENTITIES = [ApiKeyEntity, CarrierEndpointEntity, RecipientEntity, TenantEntity];
