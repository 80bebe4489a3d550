-- Written by `make docs` of the schemas of the streams: change it there.
{{ confluence.stage(
    'users',
    key=['account_id'],
    columns=[
        {'name': 'account_id', 'type': 'string', 'paths': ['accountId']},
        {'name': 'account_type', 'type': 'string', 'paths': ['accountType']},
        {'name': 'account_status', 'type': 'string', 'paths': ['accountStatus']},
        {'name': 'display_name', 'type': 'string', 'paths': ['displayName']},
        {'name': 'public_name', 'type': 'string', 'paths': ['publicName']},
        {'name': 'email', 'type': 'string', 'paths': ['email']},
        {'name': 'time_zone', 'type': 'string', 'paths': ['timeZone']},
        {'name': 'is_guest', 'type': 'boolean', 'paths': ['isGuest']},
        {'name': 'is_external_collaborator', 'type': 'boolean', 'paths': ['isExternalCollaborator']},
        {'name': 'profile_picture_path', 'type': 'string', 'paths': ['profilePicture.path']},
        {'name': 'profile_picture_is_default', 'type': 'boolean', 'paths': ['profilePicture.isDefault']},
        {'name': 'personal_space_id', 'type': 'string', 'paths': ['personalSpaceId']},
        {'name': 'username', 'type': 'string', 'paths': ['username']},
        {'name': 'extracted_at', 'type': 'timestamp', 'paths': ['_sdc_extracted_at']},
    ],
) }}
